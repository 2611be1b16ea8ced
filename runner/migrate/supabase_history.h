// Owns `supabase_migrations.schema_migrations`, the history of Supabase's own tools, kept in step
// where that is asked for: `supabase migration list`, branches and the Dashboard then see what rung
// has applied.
#pragma once

#include <span>
#include <string>

#include "migrate/migration_plan.h"
#include "pg/connection.h"

namespace rung::migrate {

// Makes schema, table and columns as the Supabase CLI does, where they are missing.
// Tx:     opens and commits its own.
// Errors: core::Error (kFailed): something of another shape is in its place, or the role may not
//         make or write it. Nothing is changed then.
// Source: the Supabase CLI's pkg/migration/history.go.
void EnsureSupabaseHistory(pg::Connection& connection);

// Brings the table in step with rung's history as it stands: made where it is missing, and given
// the applied files that it lacks. Only under the run lock.
// Returns how many those were.
// Tx:     opens and commits its own.
// Errors: as for EnsureSupabaseHistory; core::Error (kFailed) naming every pending file that the
//         table has as applied.
int CatchUpSupabaseHistory(pg::Connection& connection, std::span<const Migration> migrations,
                           std::span<const PendingMigration> pending);

// Shape:  statements as the CLI cuts them: with their comments, with BEGIN and COMMIT, without
//         semicolons and data; none for a file of more than 64 MB.
// Tx:     acts inside the caller's transaction, or commits by itself where there is none.
void RecordInSupabase(pg::Connection& connection, const Migration& migration);

// Tx:     acts inside the caller's transaction.
void ForgetInSupabase(pg::Connection& connection, const std::string& version);

}  // namespace rung::migrate
