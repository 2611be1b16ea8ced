// A fill as SQL: which rows it is about, which it can fill, what it writes. One set of rules for
// the batch, the verification and the report. Pure.
#pragma once

#include <string>
#include <vector>

#include "fill/backfill_file.h"

namespace rung::fill {

// `"clerk_org_id" = (clients.clerk_organization_id)`; several columns keep the values they have.
std::string SetClause(const Fill& fill);

// `FROM clients`, or nothing.
std::string FromClause(const Fill& fill);

// True for the rows that an update would write: a target is NULL and its value is not, the source
// matches, `where` holds. For `once`: the source matches and `where` holds.
std::string FillablePredicate(const Fill& fill);

// The same in two parts, for a sweep that wants to look at a row's own columns as late as possible:
// what the filled table's columns alone can tell, and what takes the source.
struct SplitPredicate {
  std::string own;
  std::string joined;  // "true" where there is no source
};
SplitPredicate SplitFillablePredicate(const Fill& fill);

// What the filled table's columns alone can tell before `where` is asked: the row lacks a value; for
// `once` and where values are written over, "true".
std::string LackingPredicate(const Fill& fill);

// The row has no value in a target column.
std::string MissingPredicate(const Fill& fill);

// The row has values, and the source has a different one for at least one of them.
std::string MismatchPredicate(const Fill& fill);

// The columns that it sets, as in the file.
std::vector<std::string> TargetColumns(const Fill& fill);

// The filled table's columns that this fill reads or sets, each once, sorted.
std::vector<std::string> OwnColumns(const Fill& fill);

// The filled table's columns that its values come from, by `match` or in `set`; its targets are not.
std::vector<std::string> InputColumns(const Fill& fill);

// The same, with those in `where`.
std::vector<std::string> ReadColumns(const Fill& fill);

// The source's columns in `set`.
std::vector<std::string> SourceValueColumns(const Fill& fill);
// The source's columns that it reads, each once, sorted.
std::vector<std::string> SourceColumns(const Fill& fill);

// The filled table's columns in `match`: the parent key.
std::vector<std::string> ParentKeyColumns(const Fill& fill);

// The source's columns in `match`.
std::vector<std::string> SourceKeyColumns(const Fill& fill);

// Counts all fillable rows of one relation, which is given as FROM takes it: "ONLY public.users".
std::string CountFillable(const Fill& fill, const std::string& relation);

// Counts the values that its rows still lack, fillable or not.
std::string CountMissingValues(const Fill& fill, const std::string& relation);

}  // namespace rung::fill
