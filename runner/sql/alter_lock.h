// The table locks that each command of an ALTER TABLE takes. Pure.
#pragma once

#include "sql/parse_tree.h"
#include "sql/table_lock.h"

namespace rung::sql {

// On the table that is altered.
// Source: AlterTableGetLockLevel in PostgreSQL 15.
LockMode LockOfAlter(const PgQuery__AlterTableCmd& command);

// The other end of ATTACH and DETACH PARTITION, where it is locked in full; else nullptr.
const PgQuery__RangeVar* LockedPartition(const PgQuery__AlterTableCmd& command);

}  // namespace rung::sql
