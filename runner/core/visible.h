// Text of others as it may be shown: nothing in it steers a terminal or breaks a line of JSON.
#pragma once

#include <string>
#include <string_view>

namespace rung::core {

// Control characters (U+0000 to U+001F, U+007F to U+009F) and bytes that are not UTF-8 as \x1B.
std::string Visible(std::string_view text);

}  // namespace rung::core
