// What the program told, with everything replaced that no two runs share: whole texts can be asserted.
#pragma once

#include <string>

#include "support/project.h"

namespace rung::test {

// <dir>, <database>, <target> (user@host:port/database), <server>, <pid>, <from>, <time>, <duration>,
// <sha256>; the lines about what takes long on a slow machine are taken out.
std::string Masked(const Project& project, std::string text);

}  // namespace rung::test
