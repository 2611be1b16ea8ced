#include "sql/alter_lock.h"

namespace rung::sql {

LockMode LockOfAlter(const PgQuery__AlterTableCmd& command) {
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartitionFinalize:
      return LockMode::kShareUpdateExclusive;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
      return command.def != nullptr && command.def->partition_cmd->concurrent
                 ? LockMode::kShareUpdateExclusive
                 : LockMode::kAccessExclusive;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
      return LockMode::kShareRowExclusive;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
      return command.def != nullptr &&
                     command.def->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN
                 ? LockMode::kShareRowExclusive
                 : LockMode::kAccessExclusive;
    default:
      return LockMode::kAccessExclusive;
  }
}

const PgQuery__RangeVar* LockedPartition(const PgQuery__AlterTableCmd& command) {
  const bool attaches = command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition;
  const bool detaches = command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition;
  if (!attaches && !detaches) return nullptr;
  const PgQuery__PartitionCmd& partition = *command.def->partition_cmd;
  return detaches && partition.concurrent ? nullptr : partition.name;
}

}  // namespace rung::sql
