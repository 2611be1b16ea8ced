// The files of a directory that a ladder is made of, named in one of the known styles, read whole
// and checked as text before anything connects. Knows nothing of SQL or TOML.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/version.h"
#include "files/file_name.h"

namespace rung::files {

struct NumberedFile {
  core::Version version;
  std::string name;   // what stands between the number and the extension
  std::string path;   // as the user would type it
  std::string bytes;  // as on disk, without a leading UTF-8 byte order mark
  NameStyle style = NameStyle::kNumbered;
  bool in_transaction = true;  // false where Flyway's settings beside the file say so
};

// Reads every file of the directory with this extension, lowest number first. Files with another
// extension, dot files and directories below are left alone; undo and down migrations are seen and
// not read. A symbolic link stands for the regular file that it leads to, wherever that is.
// Shape:  extension with its dot. All names are of one style, numbers unique; digits of one width.
// Errors: core::Error (kUsage) that names every bad file: no such directory, not readable, not a
//         regular file, a name without a number or in another style, a down without its up, numbers
//         twice or of mixed width, NUL bytes, UTF-16, invalid UTF-8.
std::vector<NumberedFile> ReadNumberedFiles(const std::filesystem::path& directory,
                                            std::string_view extension);

}  // namespace rung::files
