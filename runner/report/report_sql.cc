#include "report/report_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "fill/fill_sql.h"
#include "pg/connection.h"

namespace rung::report {
namespace {

using fill::Fill;
using fill::kAlias;

std::string Any(const std::vector<std::string>& terms) {
  return terms.empty() ? "false" : fmt::format("({})", fmt::join(terms, " OR "));
}

// The source with a mark that tells a joined row from none.
std::string Source(const Fill& fill) {
  return fmt::format("(SELECT true AS rung_hit, own.* FROM {} AS own) AS {}", fill.from->text,
                     pg::QuoteName(fill.from->alias));
}

std::string HasParent(const Fill& fill) {
  return fill.from ? pg::QuoteName(fill.from->alias) + ".rung_hit IS NOT NULL" : "true";
}

std::string HasNoKey(const Fill& fill) {
  std::vector<std::string> terms;
  for (const std::string& column : fill::ParentKeyColumns(fill)) {
    terms.push_back(fmt::format("{}.{} IS NULL", kAlias, pg::QuoteName(column)));
  }
  return Any(terms);
}

// A value is missing and the source has it.
std::string CanBeFilled(const Fill& fill) {
  std::vector<std::string> terms;
  for (const fill::Assignment& assignment : fill.set) {
    terms.push_back(fmt::format("({}.{} IS NULL AND {} IS NOT NULL)", kAlias,
                                pg::QuoteName(assignment.column), assignment.value.text));
  }
  return fmt::format("({} AND {})", HasParent(fill), Any(terms));
}

std::string IsLeftOut(const Fill& fill, const std::string& is_set_aside) {
  return fmt::format("{} AND {}", fill::MissingPredicate(fill), is_set_aside);
}

std::string Where(const Fill& fill, const std::string& is_set_aside) {
  const std::string where = fill.where ? fill.where->text : "true";
  if (is_set_aside.empty()) return fill.where ? " WHERE " + where : "";
  return fmt::format(" WHERE CASE WHEN {} THEN false ELSE {} END", IsLeftOut(fill, is_set_aside),
                     where);
}

std::string JoinedSource(const Fill& fill) {
  return fill.from ? fmt::format(" LEFT JOIN {} ON {}", Source(fill), fill.match->text) : "";
}

// "k.a::text || ',' || k.b::text" over columns of one alias.
std::string KeyText(const std::string& alias, const std::vector<std::string>& columns) {
  std::vector<std::string> parts;
  for (const std::string& column : columns) {
    parts.push_back(fmt::format("{}.{}", alias, pg::QuoteName(column)));
  }
  return parts.empty() ? "''" : fmt::format("concat_ws(', ', {})", fmt::join(parts, ", "));
}

// The fill that gives this fill's source the value which it hands on.
const Fill* FindSourceFill(const fill::BackfillFile& file, const Fill& fill) {
  if (!fill.from || fill.set.size() != 1) return nullptr;
  const sql::Expression& value = fill.set.front().value;
  if (value.columns.size() != 1 || value.columns.front().qualifier != fill.from->alias)
    return nullptr;
  const auto found = std::find_if(file.fills.begin(), file.fills.end(), [&](const Fill& other) {
    return &other != &fill && other.from && other.table == fill.from->text &&
           std::any_of(other.set.begin(), other.set.end(), [&](const fill::Assignment& assignment) {
             return assignment.column == value.columns.front().column;
           });
  });
  return found == file.fills.end() ? nullptr : &*found;
}

// Rows of `exposed` columns of the filled table, parent_table, parent_key, parent_name, reason: one
// for each row that cannot be filled because of its parent.
std::string CauseQuery(const fill::BackfillFile& file, const Fill& fill,
                       const std::vector<std::string>& exposed, const LabelOf& label_of,
                       const std::string& is_set_aside) {
  const std::string source = pg::QuoteName(fill.from->alias);
  const std::string label = label_of(fill.from->text);
  std::string columns;
  for (const std::string& column : exposed) {
    columns += fmt::format("{}.{}, ", kAlias, pg::QuoteName(column));
  }
  std::string parent_table = pg::QuoteText(fill.from->text);
  std::string parent_key = fmt::format("CASE WHEN {} THEN {} ELSE {} END", HasParent(fill),
                                       KeyText(source, fill::SourceKeyColumns(fill)),
                                       KeyText(kAlias, fill::ParentKeyColumns(fill)));
  std::string parent_name =
      label.empty() ? "''" : fmt::format("coalesce({}.{}::text, '')", source, pg::QuoteName(label));
  std::string reason =
      fmt::format("CASE WHEN {} THEN 'no value' ELSE 'no parent' END", HasParent(fill));
  std::string deeper;
  if (const Fill* root = FindSourceFill(file, fill)) {
    const std::vector<std::string> keys = fill::SourceKeyColumns(fill);
    std::vector<std::string> same;
    for (const std::string& key : keys) {
      same.push_back(fmt::format("cause.{0} = {1}.{0}", pg::QuoteName(key), source));
    }
    deeper = fmt::format(" LEFT JOIN ({}) AS cause ON {}",
                         CauseQuery(file, *root, keys, label_of, ""), fmt::join(same, " AND "));
    parent_table = fmt::format("coalesce(cause.parent_table, {})", parent_table);
    parent_key = fmt::format("coalesce(cause.parent_key, {})", parent_key);
    parent_name = fmt::format("coalesce(cause.parent_name, {})", parent_name);
    reason = fmt::format("coalesce(cause.reason, {})", reason);
  }
  std::string condition = fmt::format("{} AND NOT {} AND NOT {}", fill::MissingPredicate(fill),
                                      CanBeFilled(fill), HasNoKey(fill));
  if (!is_set_aside.empty()) {
    condition = fmt::format("CASE WHEN {} THEN false ELSE {} END", IsLeftOut(fill, is_set_aside),
                            condition);
  }
  return fmt::format(
      "SELECT {}{} AS parent_table, {} AS parent_key, {} AS parent_name, {} AS reason FROM {} AS "
      "{}{}{} "
      "WHERE {}{}",
      columns, parent_table, parent_key, parent_name, reason, fill.table, kAlias,
      JoinedSource(fill), deeper, condition, fill.where ? " AND " + fill.where->text : "");
}

}  // namespace

std::string CountQuery(const Fill& fill, bool grouped, const std::string& is_set_aside) {
  std::vector<std::string> columns;
  for (const std::string& column : fill::OwnColumns(fill)) {
    columns.push_back(fmt::format("{}.{}", kAlias, pg::QuoteName(column)));
  }
  const std::string list = fmt::format("{}", fmt::join(columns, ", "));
  const std::string own_rows =
      grouped && fill.from
          ? fmt::format("SELECT {}, count(*) AS rung_rows FROM {} AS {}{} GROUP BY {}", list,
                        fill.table, kAlias, Where(fill, is_set_aside), list)
          : fmt::format("SELECT {}, 1 AS rung_rows FROM {} AS {}{}", list, fill.table, kAlias,
                        Where(fill, is_set_aside));
  const std::string missing = fill::MissingPredicate(fill);
  const std::string stuck = fmt::format("{} AND NOT {}", missing, CanBeFilled(fill));
  const std::string mismatch =
      fmt::format("{} AND {}", HasParent(fill), fill::MismatchPredicate(fill));
  const auto sum = [](const std::string& filter) {
    return fmt::format("coalesce(sum({}.rung_rows) FILTER (WHERE {}), 0)::bigint", kAlias, filter);
  };
  return fmt::format(
      "SELECT {}, {}, {}, {}, {}, {}, {} FROM ({}) AS {}{}", sum("true"), sum("NOT " + missing),
      sum(CanBeFilled(fill)), sum(fmt::format("{} AND {}", stuck, HasNoKey(fill))),
      sum(fmt::format("{} AND NOT {} AND NOT ({})", stuck, HasNoKey(fill), HasParent(fill))),
      sum(fmt::format("{} AND NOT {} AND {}", stuck, HasNoKey(fill), HasParent(fill))),
      sum(mismatch), own_rows, kAlias, JoinedSource(fill));
}

std::string CountSetAsideQuery(const Fill& fill, const std::string& is_set_aside) {
  return fmt::format("SELECT count(*) FROM {} AS {} WHERE {}", fill.table, kAlias,
                     IsLeftOut(fill, is_set_aside));
}

std::string BlockerQuery(const fill::BackfillFile& file, const Fill& fill, const LabelOf& label_of,
                         const std::string& is_set_aside) {
  return fmt::format(
      "SELECT parent_table, parent_key, parent_name, reason, count(*) FROM ({}) AS causes "
      "GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 2 LIMIT 1000",
      CauseQuery(file, fill, {}, label_of, is_set_aside));
}

}  // namespace rung::report
