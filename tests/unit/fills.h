// Fills out of a backfill file's text, as rung reads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fill/backfill_file.h"
#include "support/project.h"

namespace rung::test {

inline fill::BackfillFile ReadBackfill(std::string_view toml) {
  TempDirectory directory;
  directory.Write("024_org.toml", toml);
  return fill::ReadBackfillFiles(directory.path()).at(0);
}

// The first fill of a [[fill]] with these keys.
inline fill::Fill ReadFill(std::string_view keys) {
  return ReadBackfill("[[fill]]\n" + std::string(keys)).fills.at(0);
}

// The application's own kind: one column from the parent.
inline fill::Fill FillFromParent() {
  return ReadFill(R"(table = "users"
from = "clients"
match = "clients.id = client_id"
set = { clerk_org_id = "clients.clerk_organization_id" })");
}

}  // namespace rung::test
