// Names for the files that a command makes.
#pragma once

#include <filesystem>
#include <string>

namespace rung::cli {

// "rung-backup-orders-20261127T205136Z.dump", with "-2", "-3" … before the dot while there is such a file.
// What `about` has beside letters, digits, '_' and '-' becomes '-'.
std::filesystem::path FreeName(const std::string& kind, const std::string& about,
                               const std::string& extension);

}  // namespace rung::cli
