// A text without what does not matter to PostgreSQL: comments, white space, line ends.
#pragma once

#include <string>

namespace rung::sql {

// The tokens as written, each ended by '\n'. Two texts with the same tokens differ in form only.
// A text that cannot be scanned comes back as it is.
std::string TokenText(const std::string& text);

}  // namespace rung::sql
