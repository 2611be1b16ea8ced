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

std::string KeyRow(const fill::Relation& relation) {
  return fmt::format("ROW({})", JoinKey(relation, [](const fill::KeyColumn& column, size_t) {
                       return fmt::format("{}.{}", fill::kAlias, pg::QuoteName(column.name));
                     }));
}

// The n-th parameter, a text[], as a row of the key's types: only the server compares keys.
std::string KeyParameter(const fill::Relation& relation, int n) {
  return fmt::format("ROW({})", JoinKey(relation, [n](const fill::KeyColumn& column, size_t i) {
                       return fmt::format("((${}::text[])[{}])::{}", n, i + 1, column.type);
                     }));
}

std::string KeyAsText(const fill::Relation& relation, const char* of) {
  return fmt::format("ARRAY[{}]::text",
                     JoinKey(relation, [of](const fill::KeyColumn& column, size_t) {
                       return fmt::format("{}.{}::text", of, pg::QuoteName(column.name));
                     }));
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
std::string PageCondition(const fill::Fill& fill, const char* compare) {
  const fill::SplitPredicate fillable = fill::SplitFillablePredicate(fill);
  return fmt::format(
      "{0}.ctid >= $1::tid AND {0}.ctid < $2::tid AND "
      "CASE WHEN (hashtid({0}.ctid) & $3::integer) {1} $4::integer THEN ({2})::integer ELSE 0 END "
      "= 1 "
      "AND {3}",
      fill::kAlias, compare, fillable.own, fillable.joined);
}

std::string KeyCondition(const fill::Fill& fill, const fill::Relation& relation,
                         const char* compare) {
  return fmt::format("{} AND (hashtextextended({}::text, 0) & $3::integer) {} $4::integer AND {}",
                     KeyRange(relation), KeyRow(relation), compare, fill::FillablePredicate(fill));
}

std::string UpdateStatement(const fill::Fill& fill, const FillPlan& plan, const char* compare) {
  return fmt::format("UPDATE ONLY {} AS {} SET {} {} WHERE {}", plan.relation.name, fill::kAlias,
                     fill::SetClause(fill), fill::FromClause(fill),
                     plan.sweep == Sweep::kPage ? PageCondition(fill, compare)
                                                : KeyCondition(fill, plan.relation, compare));
}

void PlanKeySweep(FillPlan& plan) {
  const fill::Relation& relation = plan.relation;
  plan.upper_key = fmt::format("SELECT {} FROM ONLY {} AS {} ORDER BY {} LIMIT 1",
                               KeyAsText(relation, fill::kAlias), relation.name, fill::kAlias,
                               KeyOrder(relation, "DESC"));
  plan.next_key = fmt::format(
      "SELECT {} FROM (SELECT {} FROM ONLY {} AS {} WHERE {} ORDER BY {} LIMIT $3::bigint) AS "
      "ahead "
      "ORDER BY {} LIMIT 1",
      KeyAsText(relation, "ahead"),
      JoinKey(relation, [](const auto& column, size_t) { return pg::QuoteName(column.name); }),
      relation.name, fill::kAlias, KeyRange(relation), KeyOrder(relation, "ASC"),
      KeyOrder(relation, "DESC"));
}

}  // namespace

const char* ToString(Sweep sweep) { return sweep == Sweep::kPage ? "page sweep" : "key sweep"; }

FillPlan PlanFill(const fill::Fill& fill, size_t position, const fill::Relation& relation,
                  int server_version) {
  FillPlan plan;
  plan.position = position;
  plan.place = fill.place;
  plan.table = relation.name.starts_with("public.") ? relation.name.substr(7) : relation.name;
  plan.relation = relation;
  plan.once = fill.once;
  if (fill.once) {
    plan.sweep = Sweep::kKey;
    plan.why_sweep = "once = true";
  } else if (fill.by_key) {
    plan.sweep = Sweep::kKey;
    plan.why_sweep = "asked for";
  } else if (server_version < kFirstWithTidRangeScan) {
    plan.sweep = Sweep::kKey;
    plan.why_sweep = "the server is older than 14";
  } else {
    plan.why_sweep = "an ordinary table";
  }
  plan.update = UpdateStatement(fill, plan, "=");
  plan.update_rest = UpdateStatement(fill, plan, ">=");
  plan.count_fillable = fill::CountFillable(fill, relation.name);
  plan.count_missing_values = fill::CountMissingValues(fill, relation.name);
  if (plan.sweep == Sweep::kKey) PlanKeySweep(plan);
  return plan;
}

}  // namespace rung::backfill
