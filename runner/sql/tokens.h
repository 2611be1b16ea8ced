// A text as PostgreSQL's scanner sees it, without a grammar.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rung::sql {

struct Token {
  int kind = 0;           // of libpg_query's PgQuery__Token
  std::string_view text;  // as written
};

// The tokens of a text, without comments; none for a text that cannot be scanned. They live as long
// as the text.
std::vector<Token> ScanTokens(const std::string& text);

// The tokens as written, each ended by '\n', without comments and white space: two texts with the
// same tokens differ in form only. A text that cannot be scanned comes back as it is.
std::string TokenText(const std::string& text);

}  // namespace rung::sql
