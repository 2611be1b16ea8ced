// UTF-8: is this text valid, and where is its n-th character? PostgreSQL's rules: no overlong
// forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace rung::core {

// The length in bytes of the valid character that the text begins with; 0 where there is none.
// Shape:  text is not empty.
size_t CharacterLength(std::string_view text);

// Shape:  the offset of the first byte that does not belong to a valid character.
// Source: RFC 3629, section 4.
std::optional<size_t> FindInvalidUtf8(std::string_view text);

// The bytes before the n-th character (from 0).
size_t ByteOffset(std::string_view text, size_t characters);

}  // namespace rung::core
