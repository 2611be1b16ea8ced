// What a CHECK proves of its columns, by the form in which PostgreSQL takes it as a proof. Pure.
#pragma once

#include <string>
#include <vector>

struct PgQuery__Node;

namespace rung::sql {

// Columns that cannot be NULL where this condition holds.
std::vector<std::string> ColumnsNotNull(const PgQuery__Node& condition);

// The same of an expression's text.
std::vector<std::string> ColumnsNotNull(const std::string& condition);

}  // namespace rung::sql
