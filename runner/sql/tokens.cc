#include "sql/tokens.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <memory>

namespace rung::sql {

std::string TokenText(const std::string& text) {
  PgQueryScanResult result = pg_query_scan(text.c_str());
  const std::unique_ptr<PgQueryScanResult, void (*)(PgQueryScanResult*)> free_result(
      &result, [](auto* r) { pg_query_free_scan_result(*r); });
  if (result.error != nullptr) return text;
  const std::unique_ptr<PgQuery__ScanResult, void (*)(PgQuery__ScanResult*)> scan(
      pg_query__scan_result__unpack(nullptr, result.pbuf.len,
                                    reinterpret_cast<const uint8_t*>(result.pbuf.data)),
      [](auto* r) { pg_query__scan_result__free_unpacked(r, nullptr); });
  std::string tokens;
  for (size_t i = 0; i < scan->n_tokens; ++i) {
    const PgQuery__ScanToken& token = *scan->tokens[i];
    if (token.token == PG_QUERY__TOKEN__SQL_COMMENT || token.token == PG_QUERY__TOKEN__C_COMMENT) {
      continue;
    }
    tokens += text.substr(static_cast<size_t>(token.start), static_cast<size_t>(token.end - token.start));
    tokens += '\n';
  }
  return tokens;
}

}  // namespace rung::sql
