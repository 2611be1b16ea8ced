#include "sql/tokens.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <memory>

namespace rung::sql {
namespace {

using Scan = std::unique_ptr<PgQuery__ScanResult, void (*)(PgQuery__ScanResult*)>;

// Null for a text that cannot be scanned.
Scan ScanText(const std::string& text) {
  PgQueryScanResult result = pg_query_scan(text.c_str());
  const std::unique_ptr<PgQueryScanResult, void (*)(PgQueryScanResult*)> free_result(
      &result, [](auto* r) { pg_query_free_scan_result(*r); });
  PgQuery__ScanResult* scan =
      result.error != nullptr
          ? nullptr
          : pg_query__scan_result__unpack(nullptr, result.pbuf.len,
                                          reinterpret_cast<const uint8_t*>(result.pbuf.data));
  return Scan(scan, [](auto* r) { pg_query__scan_result__free_unpacked(r, nullptr); });
}

std::vector<Token> TokensOf(const Scan& scan, std::string_view text) {
  std::vector<Token> tokens;
  if (!scan) return tokens;
  tokens.reserve(scan->n_tokens);
  for (size_t i = 0; i < scan->n_tokens; ++i) {
    const PgQuery__ScanToken& token = *scan->tokens[i];
    if (token.token == PG_QUERY__TOKEN__SQL_COMMENT || token.token == PG_QUERY__TOKEN__C_COMMENT) {
      continue;
    }
    const auto begin = static_cast<size_t>(token.start);
    tokens.push_back({token.token, text.substr(begin, static_cast<size_t>(token.end) - begin)});
  }
  return tokens;
}

}  // namespace

std::vector<Token> ScanTokens(const std::string& text) { return TokensOf(ScanText(text), text); }

std::string TokenText(const std::string& text) {
  const Scan scan = ScanText(text);
  if (!scan) return text;
  std::string tokens;
  for (const Token& token : TokensOf(scan, text)) {
    tokens += token.text;
    tokens += '\n';
  }
  return tokens;
}

}  // namespace rung::sql
