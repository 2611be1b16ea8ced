// The files of a directory that a ladder is made of: `<digits>_<name>.<extension>`, read whole and
// checked as text before anything connects. Knows nothing of SQL or TOML.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/version.h"

namespace rung::files {

struct NumberedFile {
  core::Version version;
  std::string name;   // what stands between the number and the extension
  std::string path;   // as the user would type it
  std::string bytes;  // as on disk, without a leading UTF-8 byte order mark
};

// Reads every `<digits>_<name><extension>` of the directory, lowest number first. Files with
// another extension and dot files are left alone.
// Shape:  extension with its dot. Numbers are unique, all of one width.
// Errors: core::Error (kUsage) that names every bad file: no such directory, not readable, not a
//         regular file, a name without a number, numbers twice or of mixed width, NUL bytes,
//         UTF-16, invalid UTF-8.
std::vector<NumberedFile> ReadNumberedFiles(const std::filesystem::path& directory,
                                            std::string_view extension);

}  // namespace rung::files
