#include "sql/tokens.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
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

bool IsComment(const PgQuery__ScanToken& token) {
  return token.token == PG_QUERY__TOKEN__SQL_COMMENT || token.token == PG_QUERY__TOKEN__C_COMMENT;
}

// Follows the places in which a semicolon ends no statement.
class Nesting {
 public:
  void See(PgQuery__Token token) {
    if (token == PG_QUERY__TOKEN__ASCII_40) ++parentheses_;
    if (token == PG_QUERY__TOKEN__ASCII_41) parentheses_ = std::max(parentheses_ - 1, 0);
    if (token == PG_QUERY__TOKEN__ATOMIC && last_ == PG_QUERY__TOKEN__BEGIN_P) in_body_ = true;
    if (in_body_ && token == PG_QUERY__TOKEN__CASE) ++cases_;
    if (in_body_ && token == PG_QUERY__TOKEN__END_P) {
      if (cases_ > 0) {
        --cases_;
      } else {
        in_body_ = false;
      }
    }
    last_ = token;
  }

  bool IsOutside() const { return parentheses_ == 0 && !in_body_; }

 private:
  int parentheses_ = 0;
  bool in_body_ = false;
  int cases_ = 0;  // CASE … END inside of the body
  PgQuery__Token last_ = PG_QUERY__TOKEN__NUL;
};

}  // namespace

std::string TokenText(const std::string& text) {
  const Scan scan = ScanText(text);
  if (!scan) return text;
  std::string tokens;
  for (size_t i = 0; i < scan->n_tokens; ++i) {
    const PgQuery__ScanToken& token = *scan->tokens[i];
    if (IsComment(token)) continue;
    tokens +=
        text.substr(static_cast<size_t>(token.start), static_cast<size_t>(token.end - token.start));
    tokens += '\n';
  }
  return tokens;
}

std::optional<std::vector<Span>> FindStatements(const std::string& text) {
  const Scan scan = ScanText(text);
  if (!scan) return std::nullopt;
  std::vector<Span> statements;
  Nesting nesting;
  size_t begin = 0;
  bool has_token = false;
  const auto end_at = [&](size_t end) {
    if (has_token) statements.push_back({begin, end});
    has_token = false;
  };
  for (size_t i = 0; i < scan->n_tokens; ++i) {
    const PgQuery__ScanToken& token = *scan->tokens[i];
    if (IsComment(token)) continue;
    if (token.token == PG_QUERY__TOKEN__ASCII_59 && nesting.IsOutside()) {
      end_at(static_cast<size_t>(token.start));
      begin = static_cast<size_t>(token.end);
      continue;
    }
    nesting.See(token.token);
    has_token = true;
  }
  end_at(text.size());
  return statements;
}

}  // namespace rung::sql
