#include "integration/test_role.h"

#include <unistd.h>

#include <atomic>
#include <iostream>

namespace rung::test {
namespace {

pg::Connection Maintenance() {
  return pg::Connection(pg::Target{"dbname='postgres' connect_timeout='10' ", "test@postgres", {}},
                        "test");
}

}  // namespace

TestRole::TestRole(const std::string& password, const std::string& attributes) {
  static std::atomic<int> count = 0;
  name_ = "rung_role_" + std::to_string(getpid()) + "_" + std::to_string(++count);
  Maintenance().Exec("CREATE ROLE " + name_ + " LOGIN " + attributes + " PASSWORD " +
                     pg::QuoteText(password));
}

TestRole::~TestRole() {
  try {
    Maintenance().Exec("DROP ROLE " + name_);
  } catch (const std::exception& e) {
    std::cerr << "role " << name_ << " is left behind: " << e.what() << "\n";
  }
}

}  // namespace rung::test
