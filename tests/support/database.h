// A database of its own for each test, on the server that libpq's PG* variables name.
#pragma once

#include <string>
#include <vector>

#include "pg/connection.h"

namespace rung::test {

class TestDatabase {
 public:
  // Creates an empty database; RUNG_KEEP_TEST_DATABASES=1 keeps it afterwards and prints its name.
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& name() const { return name_; }

  // "PGDATABASE=<name>": for a process that should work on it.
  std::string environment() const { return "PGDATABASE=" + name_; }

  // A further session.
  pg::Connection Connect(const std::string& application_name = "test") const;

  // Runs one or more statements on a connection kept for that; the last result's rows as text, NULL
  // as "NULL".
  std::vector<std::vector<std::string>> Query(const std::string& sql);

  // The one value of a query.
  std::string Value(const std::string& sql);

 private:
  pg::Target target() const;

  std::string name_;
  std::unique_ptr<pg::Connection> connection_;
};

}  // namespace rung::test
