#include "pg/audit.h"

#include "pg/text_array.h"

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
))"},
                              {"event", 2, R"(
ALTER TABLE {rung}.event
  ADD COLUMN version     text,
  ADD COLUMN statement   integer,
  ADD COLUMN duration_ms bigint,
  ADD COLUMN data        jsonb)"}};

constexpr OwnColumn kColumns[] = {{"id", "bigint"},
                                  {"happened_at", "timestamp with time zone"},
                                  {"kind", "text"},
                                  {"subject", "text"},
                                  {"detail", "text"},
                                  {"db_role", "text"},
                                  {"os_user", "text"},
                                  {"host", "text"},
                                  {"tool_version", "text"},
                                  {"git_commit", "text"},
                                  {"ci_run_url", "text"},
                                  {"version", "text", 2},
                                  {"statement", "integer", 2},
                                  {"duration_ms", "bigint", 2},
                                  {"data", "jsonb", 2}};

// The order of the arrays is that of the ids.
constexpr std::string_view kInsert = R"(
INSERT INTO {rung}.event
  (kind, subject, detail, version, statement, duration_ms, data, os_user, host, tool_version,
   git_commit, ci_run_url)
SELECT kind, subject, detail, version, statement, duration_ms, data::jsonb, $8, $9, $10, $11, $12
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::text[])
  AS e (kind, subject, detail, version, statement, duration_ms, data))";

constexpr std::string_view kReadLast = R"(
SELECT e.version, e.subject, e.kind
FROM {rung}.event e JOIN (
  SELECT max(id) AS id FROM {rung}.event WHERE version IS NOT NULL GROUP BY version
) last ON last.id = e.id
ORDER BY e.id)";

std::optional<std::string> NullIfEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::span<const OwnStep> AuditSteps() { return kSteps; }

const OwnTable& AuditTable() {
  static constexpr OwnTable kTable{"event", std::size(kSteps), kColumns};
  return kTable;
}

void RecordEvent(Connection& connection, const OwnSchema& schema, const core::Actor& actor,
                 const std::string& kind, const std::string& subject, const std::string& detail) {
  const AuditEvent event{.kind = kind, .subject = subject, .detail = detail};
  RecordEvents(connection, schema, actor, {&event, 1});
}

void RecordEvents(Connection& connection, const OwnSchema& schema, const core::Actor& actor,
                  std::span<const AuditEvent> events) {
  connection.Exec(schema.In(kInsert), EventParams(actor, events));
}

std::string_view InsertEventsSql() { return kInsert; }

Params EventParams(const core::Actor& actor, std::span<const AuditEvent> events) {
  Params kinds, subjects, details, versions, statements, durations, data;
  for (const AuditEvent& event : events) {
    kinds.push_back(event.kind);
    subjects.push_back(event.subject);
    details.push_back(event.detail);
    versions.push_back(NullIfEmpty(event.version));
    statements.push_back(event.statement ? std::optional(std::to_string(*event.statement))
                                         : std::nullopt);
    durations.push_back(event.took ? std::optional(std::to_string(event.took->count()))
                                   : std::nullopt);
    data.push_back(NullIfEmpty(event.data));
  }
  return {TextArray(kinds),    TextArray(subjects),   TextArray(details),
          TextArray(versions), TextArray(statements), TextArray(durations),
          TextArray(data),     actor.os_user,         actor.host,
          actor.tool_version,  actor.git_commit,      actor.ci_run_url};
}

std::vector<LastEvent> ReadLastEvents(Connection& connection, const OwnSchema& schema) {
  std::vector<LastEvent> events;
  for (const auto& row : connection.Exec(schema.In(kReadLast))) {
    events.push_back(
        {row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>()});
  }
  return events;
}

}  // namespace rung::pg
