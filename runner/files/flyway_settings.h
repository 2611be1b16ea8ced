// Flyway's settings for one migration: the file `<migration>.sql.conf` beside it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"

namespace rung::files {

struct FlywaySettings {
  bool in_transaction = true;  // executeInTransaction
};

// The defaults where there is no such file. Appends what cannot be honoured to `problems`.
FlywaySettings ReadFlywaySettings(const std::filesystem::path& migration,
                                  std::vector<core::Problem>& problems);

}  // namespace rung::files
