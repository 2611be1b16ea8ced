#include "backfill/reject.h"

#include <fmt/format.h>

#include "fill/fill_sql.h"
#include "pg/text_array.h"

namespace rung::backfill {
namespace {

constexpr pg::OwnStep kSteps[] = {{"reject", 1, R"(
CREATE TABLE {rung}.reject (
  fill_id  bigint NOT NULL,
  key      text[] NOT NULL,
  sqlstate text NOT NULL,
  message  text NOT NULL,
  attempts integer NOT NULL DEFAULT 1,
  first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (fill_id, key)
))"}};

constexpr std::string_view kHasRejects = "EXISTS (SELECT FROM {rung}.reject WHERE fill_id = f.id)";

constexpr std::string_view kSave = R"(
INSERT INTO {rung}.reject AS r (fill_id, key, sqlstate, message)
SELECT $1, refused.key::text[], refused.sqlstate, refused.message
FROM unnest($2::text[], $3::text[], $4::text[]) AS refused (key, sqlstate, message)
ON CONFLICT (fill_id, key) DO UPDATE
SET sqlstate = excluded.sqlstate, message = excluded.message, attempts = r.attempts + 1,
    last_at = clock_timestamp())";

constexpr std::string_view kHold =
    "SELECT FROM {rung}.reject WHERE fill_id = $1 AND key = $2 FOR UPDATE SKIP LOCKED";

constexpr std::string_view kDrop = "DELETE FROM {rung}.reject WHERE fill_id = $1 AND key = $2";

constexpr std::string_view kDropSettled =
    "DELETE FROM {rung}.reject AS rung_reject WHERE rung_reject.fill_id = $1 AND NOT EXISTS";

constexpr std::string_view kIsSetAside =
    "EXISTS (SELECT FROM {rung}.reject AS rung_reject WHERE rung_reject.fill_id = ";

constexpr std::string_view kTable = "{rung}.reject";

constexpr std::string_view kCount = "SELECT fill_id, count(*) FROM {rung}.reject GROUP BY fill_id";

constexpr std::string_view kRead = R"(
SELECT fill_id, key::text, sqlstate, message, attempts, array_to_string(key, ', '),
       to_json(key)::text, first_at::timestamptz(0)::text, last_at::timestamptz(0)::text
FROM {rung}.reject ORDER BY fill_id, first_at, key)";

bool HasRejectTable(pg::Connection& connection, const pg::OwnSchema& schema) {
  return !connection.Exec("SELECT to_regclass($1)", {schema.In(kTable)})[0][0].is_null();
}

}  // namespace

std::span<const pg::OwnStep> RejectSteps() { return kSteps; }

std::string_view HasRejectsSql() { return kHasRejects; }

std::string IsSetAside(const pg::OwnSchema& schema, const fill::Relation& relation,
                       int64_t fill_id) {
  return fmt::format("{}{} AND {})", schema.In(kIsSetAside), fill_id,
                     HasKey(relation, "rung_reject.key"));
}

std::string LackingRows(const FillPlan& plan) {
  return fmt::format(" FROM ONLY {} AS {} WHERE {}", plan.relation.name, fill::kAlias,
                     fill::LackingPredicate(plan.fill));
}

void SaveRejects(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                 const std::vector<Reject>& rejects) {
  pg::Params keys, states, messages;
  for (const Reject& reject : rejects) {
    keys.emplace_back(reject.key);
    states.emplace_back(reject.sqlstate);
    messages.emplace_back(reject.message);
  }
  transaction.Exec(schema.In(kSave), {std::to_string(fill_id), pg::TextArray(keys),
                                      pg::TextArray(states), pg::TextArray(messages)});
}

bool HoldReject(pg::Transaction& transaction, const pg::OwnSchema& schema, const Reject& reject) {
  return !transaction.Exec(schema.In(kHold), {std::to_string(reject.fill_id), reject.key}).empty();
}

void DropReject(pg::Transaction& transaction, const pg::OwnSchema& schema, const Reject& reject) {
  transaction.Exec(schema.In(kDrop), {std::to_string(reject.fill_id), reject.key});
}

void DropSettledRejects(pg::Connection& connection, const pg::OwnSchema& schema,
                        const FillPlan& plan, int64_t fill_id) {
  // A row that a policy hides is there.
  pg::Transaction transaction(connection, {.lock_timeout = std::chrono::seconds(10),
                                           .idle_timeout = std::chrono::seconds(60),
                                           .rows_are_all_visible = true});
  transaction.Exec(fmt::format("{} (SELECT{} AND {})", schema.In(kDropSettled), LackingRows(plan),
                               HasKey(plan.relation, "rung_reject.key")),
                   {std::to_string(fill_id)});
  transaction.Commit();
}

std::map<int64_t, int64_t> CountRejects(pg::Connection& connection, const pg::OwnSchema& schema) {
  std::map<int64_t, int64_t> counts;
  if (!HasRejectTable(connection, schema)) return counts;
  for (const auto& row : connection.Exec(schema.In(kCount))) {
    counts[row[0].as<int64_t>()] = row[1].as<int64_t>();
  }
  return counts;
}

std::vector<Reject> ReadRejects(pg::Connection& connection, const pg::OwnSchema& schema) {
  std::vector<Reject> rejects;
  if (!HasRejectTable(connection, schema)) return rejects;
  for (const auto& row : connection.Exec(schema.In(kRead))) {
    rejects.push_back({.fill_id = row[0].as<int64_t>(),
                       .key = row[1].as<std::string>(),
                       .sqlstate = row[2].as<std::string>(),
                       .message = row[3].as<std::string>(),
                       .attempts = row[4].as<int>(),
                       .shown_key = row[5].as<std::string>(),
                       .key_json = row[6].as<std::string>(),
                       .first_at = row[7].as<std::string>(),
                       .last_at = row[8].as<std::string>()});
  }
  return rejects;
}

}  // namespace rung::backfill
