// SHA-256, in hexadecimal.
#pragma once

#include <string>
#include <string_view>

namespace rung::files {

std::string Sha256(std::string_view bytes);

}  // namespace rung::files
