#include "support/database.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <iostream>

namespace rung::test {
namespace {

pg::Target TargetOf(const std::string& database) {
  return pg::Target{"dbname='" + database + "' connect_timeout='10' ", "test@" + database, {}};
}

}  // namespace

TestDatabase::TestDatabase() {
  static std::atomic<int> count = 0;
  name_ = "rung_test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
  pg::Connection(TargetOf("postgres"), "test")
      .Exec("CREATE DATABASE " + name_ + " TEMPLATE template0");
  connection_ = std::make_unique<pg::Connection>(target(), "test");
}

TestDatabase::~TestDatabase() {
  connection_.reset();
  const char* keep = std::getenv("RUNG_KEEP_TEST_DATABASES");
  if (keep != nullptr && std::string(keep) == "1") {
    std::cerr << "kept database " << name_ << "\n";
    return;
  }
  try {
    pg::Connection(TargetOf("postgres"), "test").Exec("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception& e) {
    std::cerr << "database " << name_ << " is left behind: " << e.what() << "\n";
  }
}

pg::Target TestDatabase::target() const { return TargetOf(name_); }

pg::Connection TestDatabase::Connect(const std::string& application_name) const {
  return pg::Connection(target(), application_name);
}

std::vector<std::vector<std::string>> TestDatabase::Query(const std::string& sql) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : connection_->Exec(sql)) {
    rows.emplace_back();
    for (const auto& field : row) rows.back().push_back(field.is_null() ? "NULL" : field.c_str());
  }
  return rows;
}

std::string TestDatabase::Value(const std::string& sql) { return Query(sql).at(0).at(0); }

}  // namespace rung::test
