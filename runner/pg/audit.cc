#include "pg/audit.h"

namespace rung::pg {
namespace {

constexpr OwnStep kSteps[] = {{"event", 1, R"(
CREATE TABLE {rung}.event (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  happened_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind         text NOT NULL,
  subject      text NOT NULL,
  detail       text NOT NULL,
  db_role      text NOT NULL DEFAULT current_user,
  os_user      text NOT NULL,
  host         text NOT NULL,
  tool_version text NOT NULL,
  git_commit   text NOT NULL,
  ci_run_url   text NOT NULL
))"}};

constexpr std::string_view kInsert = R"(
INSERT INTO {rung}.event
  (kind, subject, detail, os_user, host, tool_version, git_commit, ci_run_url)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8))";

}  // namespace

std::span<const OwnStep> AuditSteps() { return kSteps; }

void RecordEvent(Connection& connection, const OwnSchema& schema, const core::Actor& actor,
                 const std::string& kind, const std::string& subject, const std::string& detail) {
  connection.Exec(schema.In(kInsert), {kind, subject, detail, actor.os_user, actor.host,
                                       actor.tool_version, actor.git_commit, actor.ci_run_url});
}

}  // namespace rung::pg
