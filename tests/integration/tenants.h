// The example application's database at migration 025, with a row in every table.
#pragma once

#include "support/project.h"

namespace rung::test {

void MakeTenants(TestDatabase& database);

// The tables as they are made, without a row of a tenant.
void MakeTables(TestDatabase& database);

// How many rows the tables of the seed's list have together.
extern const char* const kTenantRows;

// Every row of the tables that a fresh start leaves alone.
extern const char* const kKeptRows;

}  // namespace rung::test
