#include "backfill/fill_plan.h"

#include <fmt/format.h>

#include "fill/fill_sql.h"
#include "pg/connection.h"

namespace rung::backfill {
namespace {

constexpr int kFirstWithTidRangeScan = 140000;

// "t."a", t."b"" over the key's columns.
template <typename Form>
std::string JoinKey(const fill::Relation& relation, Form&& form) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < relation.key.size(); ++i) parts.push_back(form(relation.key[i], i));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string OwnKey(const fill::Relation& relation) {
  return JoinKey(relation, [](const fill::KeyColumn& column, size_t) {
    return fmt::format("{}.{}", fill::kAlias, pg::QuoteName(column.name));
  });
}

std::string KeyRow(const fill::Relation& relation) {
  return fmt::format("ROW({})", OwnKey(relation));
}

// A text[] as a row of the key's types: only the server compares keys.
std::string KeyOf(const fill::Relation& relation, const std::string& array) {
  return fmt::format("ROW({})", JoinKey(relation, [&](const fill::KeyColumn& column, size_t i) {
                       return fmt::format("(({})[{}])::{}", array, i + 1, column.type);
                     }));
}

std::string KeyParameter(const fill::Relation& relation, int n) {
  return KeyOf(relation, fmt::format("${}::text[]", n));
}

// As every session reads it back, whatever its DateStyle: as JSON a time is written in ISO's form,
// with its offset. Each column is `of`'s.
std::string KeyAsText(const fill::Relation& relation, const char* of) {
  return fmt::format(
      "ARRAY[{}]::text", JoinKey(relation, [of](const fill::KeyColumn& column, size_t) {
        const std::string value = fmt::format("{}.{}", of, pg::QuoteName(column.name));
        return column.is_time ? fmt::format("to_json({}) #>> '{{}}'", value) : value + "::text";
      }));
}

// What tells slices apart has to be the same for every session, whatever its TimeZone: those that
// differ may do the slices of one chunk.
std::string KeyToHash(const fill::Relation& relation) {
  return fmt::format(
      "ARRAY[{}]::text", JoinKey(relation, [](const fill::KeyColumn& column, size_t) {
        const std::string value = fmt::format("{}.{}", fill::kAlias, pg::QuoteName(column.name));
        return column.is_time ? fmt::format("extract(epoch FROM {})::text", value)
                              : value + "::text";
      }));
}

// Citus takes no ONLY for a table of its own.
std::string OnlyRelation(const fill::Relation& relation) {
  return (relation.kind == fill::Kind::kDistributed ? "" : "ONLY ") + relation.name;
}

std::string KeyOrder(const fill::Relation& relation, const char* direction) {
  return JoinKey(relation, [direction](const fill::KeyColumn& column, size_t) {
    return fmt::format("{} {}", pg::QuoteName(column.name), direction);
  });
}

std::string KeyRange(const fill::Relation& relation) {
  return fmt::format("($1::text[] IS NULL OR {0} > {1}) AND {0} <= {2}", KeyRow(relation),
                     KeyParameter(relation, 1), KeyParameter(relation, 2));
}

// Finding a row's columns costs ten times what hashing its position does, so the CASE keeps the
// planner from looking at them first. As an equation it is estimated at the few rows it lets
// through; as a bare condition it would be half the chunk, and a large source would be hashed for
// every batch.
std::string PageCondition(const fill::SplitPredicate& fillable, const char* compare) {
  return fmt::format(
      "{0}.ctid >= $1::tid AND {0}.ctid < $2::tid AND "
      "CASE WHEN (hashtid({0}.ctid) & $3::integer) {1} $4::integer THEN ({2})::integer ELSE 0 END "
      "= 1 "
      "AND {3}",
      fill::kAlias, compare, fillable.own, fillable.joined);
}

std::string KeyCondition(const std::string& fillable, const fill::Relation& relation,
                         const char* compare) {
  return fmt::format("{} AND (hashtextextended({}, 0) & $3::integer) {} $4::integer AND {}",
                     KeyRange(relation), KeyToHash(relation), compare, fillable);
}

std::string Unless(const std::string& is_set_aside, const std::string& condition) {
  return is_set_aside.empty()
             ? condition
             : fmt::format("CASE WHEN {} THEN false ELSE ({}) END", is_set_aside, condition);
}

// The planner asks the cheaper condition first, so each part has the exception around it; but for the
// match, which only rows that have passed their own conditions come to.
fill::SplitPredicate SplitExcept(const fill::Fill& fill, const std::string& is_set_aside) {
  fill::SplitPredicate split = fill::SplitFillablePredicate(fill);
  if (is_set_aside.empty()) return split;
  split.own = Unless(is_set_aside, split.own);
  if (!fill.from) return split;
  fill::Fill unmatched = fill;
  unmatched.match.reset();
  split.joined = fmt::format("{} AND {}", fill.match->text,
                             Unless(is_set_aside, fill::FillablePredicate(unmatched)));
  return split;
}

std::string UpdateStatement(const FillPlan& plan, const std::string& is_set_aside,
                            const char* compare) {
  return fmt::format(
      "UPDATE {} AS {} SET {} {} WHERE {}", OnlyRelation(plan.relation), fill::kAlias,
      fill::SetClause(plan.fill), fill::FromClause(plan.fill),
      plan.sweep == Sweep::kPage
          ? PageCondition(SplitExcept(plan.fill, is_set_aside), compare)
          : KeyCondition(FillableExcept(plan.fill, is_set_aside), plan.relation, compare));
}

void PlanKeySweep(FillPlan& plan) {
  const fill::Relation& relation = plan.relation;
  plan.upper_key =
      fmt::format("SELECT {} FROM {} AS {} ORDER BY {} LIMIT 1", KeyAsText(relation, fill::kAlias),
                  OnlyRelation(relation), fill::kAlias, KeyOrder(relation, "DESC"));
  plan.next_key = fmt::format(
      "SELECT {} FROM (SELECT {} FROM {} AS {} WHERE {} ORDER BY {} LIMIT $3::bigint) AS ahead "
      "ORDER BY {} LIMIT 1",
      KeyAsText(relation, "ahead"),
      JoinKey(relation, [](const auto& column, size_t) { return pg::QuoteName(column.name); }),
      OnlyRelation(relation), fill::kAlias, KeyRange(relation), KeyOrder(relation, "ASC"),
      KeyOrder(relation, "DESC"));
}

// Why a fill's own words, its table or the server ask for the key sweep; empty where nothing does.
std::string WhyKeySweep(const fill::Fill& fill, const fill::Relation& relation,
                        int server_version) {
  if (fill.once) return "once = true";
  if (fill.by_key || !fill.key.empty()) return "asked for";
  if (relation.kind == fill::Kind::kForeign) return "a foreign table";
  if (relation.kind == fill::Kind::kDistributed) return "a distributed table";
  return server_version < kFirstWithTidRangeScan ? "the server is older than 14" : "";
}

}  // namespace

std::string KeyText(const FillPlan& plan) {
  return JoinKey(plan.relation, [](const auto& column, size_t) { return column.name; });
}

const char* ToString(Sweep sweep) { return sweep == Sweep::kPage ? "page sweep" : "key sweep"; }

std::string FillableExcept(const fill::Fill& fill, const std::string& is_set_aside) {
  if (is_set_aside.empty()) return fill::FillablePredicate(fill);
  const fill::SplitPredicate split = SplitExcept(fill, is_set_aside);
  return fmt::format("{} AND {}", split.own, split.joined);
}

std::string SliceCondition(const FillPlan& plan, const std::string& own) {
  return plan.sweep == Sweep::kPage ? PageCondition({own, "true"}, "=")
                                    : KeyCondition(own, plan.relation, "=");
}

std::string KeyText(const fill::Relation& relation) {
  return relation.key.empty() ? fmt::format("ARRAY[{}.ctid::text]::text", fill::kAlias)
                              : KeyAsText(relation, fill::kAlias);
}

std::string PlaceInSweep(const FillPlan& plan) {
  return plan.sweep == Sweep::kPage ? fmt::format("{}.ctid", fill::kAlias) : OwnKey(plan.relation);
}

std::string HasKey(const fill::Relation& relation, const std::string& key) {
  return relation.key.empty() ? fmt::format("{}.ctid = (({})[1])::tid", fill::kAlias, key)
                              : fmt::format("{} = {}", KeyRow(relation), KeyOf(relation, key));
}

FillPlan LeaveOut(FillPlan plan, const std::string& is_set_aside) {
  plan.update = UpdateStatement(plan, is_set_aside, "=");
  plan.update_rest = UpdateStatement(plan, is_set_aside, ">=");
  plan.count_fillable = fmt::format(
      "SELECT count(*) FROM ONLY {} AS {}{} WHERE {}", plan.relation.name, fill::kAlias,
      plan.fill.from ? ", " + plan.fill.from->text : "", FillableExcept(plan.fill, is_set_aside));
  fill::Fill all = plan.fill;
  if (all.where) all.where->text = Unless(is_set_aside, all.where->text);
  plan.count_missing_values = fill::CountMissingValues(all, plan.relation.name);
  return plan;
}

FillPlan PlanFill(const fill::Fill& fill, size_t position, const fill::Relation& relation,
                  int server_version) {
  FillPlan plan;
  plan.position = position;
  plan.place = fill.place;
  plan.table = relation.name.starts_with("public.") ? relation.name.substr(7) : relation.name;
  plan.fill = fill;
  plan.relation = relation;
  plan.once = fill.once;
  plan.why_sweep = WhyKeySweep(fill, relation, server_version);
  plan.sweep = plan.why_sweep.empty() ? Sweep::kPage : Sweep::kKey;
  if (plan.sweep == Sweep::kPage) plan.why_sweep = "an ordinary table";
  plan.is_scattered = plan.sweep == Sweep::kKey && relation.key_is_scattered;
  if (fill.guards_triggers) {
    plan.before_update = fmt::format("SET LOCAL {} = 'on'; ", fill::kGuardVariable);
  }
  // The planner estimates a row comparison by its first column alone: where that has few values it
  // takes a small range for most of the table.
  if (plan.sweep == Sweep::kKey && relation.key.size() > 1) plan.before_update += kWithoutScans;
  plan.update = UpdateStatement(plan, "", "=");
  plan.update_rest = UpdateStatement(plan, "", ">=");
  plan.count_fillable = fill::CountFillable(fill, OnlyRelation(relation));
  plan.count_missing_values = fill::CountMissingValues(fill, OnlyRelation(relation));
  if (plan.sweep == Sweep::kKey) PlanKeySweep(plan);
  return plan;
}

}  // namespace rung::backfill
