// One file as checked text. Knows nothing of what it holds.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace rung::files {

// The file's bytes without a leading UTF-8 byte order mark; nullopt, and why in `fault`, for one that is
// not regular, cannot be read, or is not UTF-8 without NUL.
std::optional<std::string> FindText(const std::filesystem::path& path, std::string& fault);

// Errors: core::Error (kUsage) at the file's path, with `next` as what to do.
std::string ReadText(const std::filesystem::path& path, const std::string& next);

}  // namespace rung::files
