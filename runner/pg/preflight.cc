#include "pg/preflight.h"

#include <fmt/format.h>

#include "core/error.h"

namespace rung::pg {
namespace {

constexpr int kOldestVersion = 130000;

constexpr const char* kFacts = R"(
SELECT current_setting('server_version'), current_database(), current_user,
       pg_is_in_recovery(), current_setting('transaction_read_only')::boolean, pg_backend_pid(),
       (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user))";

}  // namespace

ServerFacts ReadServerFacts(Connection& connection) {
  const pqxx::result result = connection.Exec(kFacts);
  const pqxx::row row = result[0];
  ServerFacts facts;
  facts.version = connection.server_version();
  facts.version_text = row[0].as<std::string>();
  facts.database = row[1].as<std::string>();
  facts.role = row[2].as<std::string>();
  facts.is_replica = row[3].as<bool>();
  facts.is_read_only = row[4].as<bool>();
  facts.is_pooled = row[5].as<int>() != connection.announced_pid();
  facts.sees_all_rows = row[6].as<bool>();
  return facts;
}

void RequireWritable(const ServerFacts& facts, const std::string& where) {
  const auto refuse = [&](std::string what, std::string next) {
    throw core::Error(core::Failure::kFailed, core::Problem{where, std::move(what), {}},
                      "nothing was changed", std::move(next));
  };
  if (facts.version < kOldestVersion) {
    refuse(fmt::format("PostgreSQL {} is too old, 13 is the oldest that works", facts.version_text),
           "upgrade the server");
  }
  if (facts.is_replica) {
    refuse("this server is a read-only replica (in recovery)",
           "connect to the primary (or add target_session_attrs=read-write to the URL)");
  }
  if (facts.is_read_only) {
    refuse("the database is in read-only mode (default_transaction_read_only is on)",
           "find out why: a platform sets it when the disk is nearly full");
  }
}

}  // namespace rung::pg
