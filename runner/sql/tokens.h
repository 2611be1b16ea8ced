// A text as PostgreSQL's scanner sees it, without a grammar.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rung::sql {

// Bytes [begin, end) of a text.
struct Span {
  size_t begin = 0;
  size_t end = 0;
};

// The tokens as written, each ended by '\n', without comments and white space: two texts with the
// same tokens differ in form only. A text that cannot be scanned comes back as it is.
std::string TokenText(const std::string& text);

// The statements between semicolons, for a text that the grammar does not know: not at those in
// parentheses (CREATE RULE) or in a BEGIN ATOMIC body. Comments alone are no statement. Nullopt for
// a text that cannot be scanned, as with an open quote.
std::optional<std::vector<Span>> FindStatements(const std::string& text);

}  // namespace rung::sql
