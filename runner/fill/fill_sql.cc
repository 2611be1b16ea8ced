#include "fill/fill_sql.h"

#include <fmt/format.h>

#include <set>

#include "pg/connection.h"

namespace rung::fill {
namespace {

std::string Target(const Assignment& assignment) {
  return fmt::format("{}.{}", kAlias, pg::QuoteName(assignment.column));
}

// "(a OR b)" or "(a AND b)" over all assignments.
template <typename Term>
std::string JoinTerms(const Fill& fill, const char* between, Term&& term) {
  std::vector<std::string> terms;
  for (const Assignment& assignment : fill.set) terms.push_back(term(assignment));
  return fmt::format("({})", fmt::join(terms, between));
}

// A target is NULL and its value is not; where values are written over: the two differ.
std::string HasValueForMissing(const Fill& fill) {
  return JoinTerms(fill, " OR ", [&](const Assignment& a) {
    return fill.overwrite ? fmt::format("({} IS DISTINCT FROM {} AND {} IS NOT NULL)", Target(a),
                                        a.value.text, a.value.text)
                          : fmt::format("({} IS NULL AND {} IS NOT NULL)", Target(a), a.value.text);
  });
}

std::set<std::string> ColumnsOf(const sql::Expression& expression, bool of_source) {
  std::set<std::string> columns;
  for (const sql::ColumnUse& use : expression.columns) {
    if (use.qualifier.empty() != of_source) columns.insert(use.column);
  }
  return columns;
}

std::vector<std::string> Sorted(const std::set<std::string>& columns) {
  return {columns.begin(), columns.end()};
}

}  // namespace

std::string SetClause(const Fill& fill) {
  std::vector<std::string> parts;
  for (const Assignment& assignment : fill.set) {
    const std::string column = pg::QuoteName(assignment.column);
    if (fill.set.size() > 1 && fill.overwrite) {
      parts.push_back(
          fmt::format("{} = coalesce({}, {})", column, assignment.value.text, Target(assignment)));
      continue;
    }
    // With one column the predicate says already that it is NULL.
    parts.push_back(fill.set.size() == 1 || fill.once
                        ? fmt::format("{} = {}", column, assignment.value.text)
                        : fmt::format("{} = CASE WHEN {} IS NULL THEN {} ELSE {} END", column,
                                      Target(assignment), assignment.value.text,
                                      Target(assignment)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string FromClause(const Fill& fill) { return fill.from ? "FROM " + fill.from->text : ""; }

std::string MissingPredicate(const Fill& fill) {
  return JoinTerms(fill, " OR ", [](const Assignment& a) { return Target(a) + " IS NULL"; });
}

std::string LackingPredicate(const Fill& fill) {
  return fill.once || fill.overwrite ? "true" : MissingPredicate(fill);
}

std::string MismatchPredicate(const Fill& fill) {
  return JoinTerms(fill, " OR ", [](const Assignment& a) {
    return fmt::format("({0} IS NOT NULL AND {1} IS NOT NULL AND {0} IS DISTINCT FROM {1})",
                       Target(a), a.value.text);
  });
}

std::string FillablePredicate(const Fill& fill) {
  std::vector<std::string> conditions;
  if (!fill.once) conditions.push_back(HasValueForMissing(fill));
  if (fill.match) conditions.push_back(fill.match->text);
  if (fill.where) conditions.push_back(fill.where->text);
  if (conditions.empty()) return "true";
  return fmt::format("{}", fmt::join(conditions, " AND "));
}

SplitPredicate SplitFillablePredicate(const Fill& fill) {
  if (!fill.from) return {FillablePredicate(fill), "true"};
  SplitPredicate split{LackingPredicate(fill), fill.match->text};
  if (fill.where) split.own += " AND " + fill.where->text;
  if (fill.once) return split;
  split.joined += " AND " + (fill.set.size() == 1 && !fill.overwrite
                                 ? fill.set.front().value.text + " IS NOT NULL"
                                 : HasValueForMissing(fill));
  return split;
}

std::vector<std::string> TargetColumns(const Fill& fill) {
  std::vector<std::string> targets;
  for (const Assignment& assignment : fill.set) targets.push_back(assignment.column);
  return targets;
}

std::vector<std::string> OwnColumns(const Fill& fill) {
  std::set<std::string> columns(fill.key.begin(), fill.key.end());
  if (fill.match) columns.merge(ColumnsOf(*fill.match, false));
  if (fill.where) columns.merge(ColumnsOf(*fill.where, false));
  for (const Assignment& assignment : fill.set) {
    columns.insert(assignment.column);
    columns.merge(ColumnsOf(assignment.value, false));
  }
  return Sorted(columns);
}

std::vector<std::string> InputColumns(const Fill& fill) {
  std::set<std::string> columns;
  if (fill.match) columns.merge(ColumnsOf(*fill.match, false));
  for (const Assignment& assignment : fill.set) {
    columns.merge(ColumnsOf(assignment.value, false));
  }
  for (const Assignment& assignment : fill.set) columns.erase(assignment.column);
  return Sorted(columns);
}

std::vector<std::string> ReadColumns(const Fill& fill) {
  const std::vector<std::string> inputs = InputColumns(fill);
  std::set<std::string> columns(inputs.begin(), inputs.end());
  if (fill.where) columns.merge(ColumnsOf(*fill.where, false));
  return Sorted(columns);
}

std::vector<std::string> SourceValueColumns(const Fill& fill) {
  std::set<std::string> columns;
  for (const Assignment& assignment : fill.set) columns.merge(ColumnsOf(assignment.value, true));
  return Sorted(columns);
}

std::vector<std::string> SourceColumns(const Fill& fill) {
  std::set<std::string> columns;
  if (fill.match) columns.merge(ColumnsOf(*fill.match, true));
  for (const Assignment& assignment : fill.set) columns.merge(ColumnsOf(assignment.value, true));
  return Sorted(columns);
}

std::vector<std::string> ParentKeyColumns(const Fill& fill) {
  return fill.match ? Sorted(ColumnsOf(*fill.match, false)) : std::vector<std::string>{};
}

std::vector<std::string> SourceKeyColumns(const Fill& fill) {
  return fill.match ? Sorted(ColumnsOf(*fill.match, true)) : std::vector<std::string>{};
}

std::string CountFillable(const Fill& fill, const std::string& relation) {
  return fmt::format("SELECT count(*) FROM {} AS {}{} WHERE {}", relation, kAlias,
                     fill.from ? ", " + fill.from->text : "", FillablePredicate(fill));
}

std::string CountMissingValues(const Fill& fill, const std::string& relation) {
  std::vector<std::string> targets;
  for (const Assignment& assignment : fill.set) targets.push_back(Target(assignment));
  return fmt::format("SELECT coalesce(sum(num_nulls({})), 0)::bigint FROM {} AS {}{}",
                     fmt::join(targets, ", "), relation, kAlias,
                     fill.where ? " WHERE " + fill.where->text : "");
}

}  // namespace rung::fill
