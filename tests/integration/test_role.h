// A role of the server, with a password, for as long as a test needs it.
#pragma once

#include <string>

#include "support/database.h"

namespace rung::test {

class TestRole {
 public:
  // Shape:  attributes as CREATE ROLE takes them: "SUPERUSER", "NOBYPASSRLS"; may be empty.
  // Declare it before the database in which it owns or may do something.
  explicit TestRole(const std::string& password, const std::string& attributes = "");
  ~TestRole();
  TestRole(const TestRole&) = delete;
  TestRole& operator=(const TestRole&) = delete;

  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

}  // namespace rung::test
