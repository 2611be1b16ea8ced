// The report's questions as SQL. Pure.
#pragma once

#include <functional>
#include <string>

#include "fill/backfill_file.h"

namespace rung::report {

// One row: rows, filled, fillable, no_parent_key, no_parent, no_value, mismatches.
// Shape:  grouped: the table's rows are first counted by the columns the fill reads, so that the
// join
//         sees each combination once; needs types that can be compared. Rows that lack a value and are
//         set aside are left out, before any expression is asked about them.
std::string CountQuery(const fill::Fill& fill, bool grouped, const std::string& is_set_aside);

// One row: those that were left out.
std::string CountSetAsideQuery(const fill::Fill& fill, const std::string& is_set_aside);

// Finds the name column of a table; empty where it has none.
using LabelOf = std::function<std::string(const std::string& table)>;

// Rows of parent_table, parent_key, parent_name, reason ('no parent', 'no value'), rows: what keeps
// the fill's unfillable rows from being filled, followed through the other fills of the file.
std::string BlockerQuery(const fill::BackfillFile& file, const fill::Fill& fill,
                         const LabelOf& label_of, const std::string& is_set_aside);

}  // namespace rung::report
