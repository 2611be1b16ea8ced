#include "check/rule.h"

#include <algorithm>
#include <iterator>

namespace rung::check {
namespace {

constexpr Severity kWarning = Severity::kWarning;
constexpr Severity kError = Severity::kError;
constexpr Pack kGeneral = Pack::kGeneral;
constexpr Pack kSupabase = Pack::kSupabase;

// Files, statements and comments that cannot be understood; then by subject.
constexpr Rule kRules[] = {
    {"cannot-run", kError, kGeneral, "a file that `rung up` refuses before anything runs",
     "names, encoding, psql's commands, COPY data without its end, transaction blocks that cannot "
     "be kept",
     "correct the file as the message says"},
    {"bad-backfill", kError, kGeneral, "a backfill file that `rung up` refuses",
     "not TOML, an unknown or missing key, an expression that is not SQL, fills in a circle",
     "correct the file as the message says"},
    {"syntax-error", kError, kGeneral, "a statement that PostgreSQL's grammar refuses",
     "the file fails there; the grammar is that of PostgreSQL 15",
     "correct it; allow it where a newer server knows more"},
    {"unknown-rule", kError, kGeneral, "an allow comment with a name that is no rule",
     "it allows nothing", "see `rung check --rules` for the names"},
    {"unused-allow", kWarning, kGeneral, "an allow comment that allows nothing",
     "it would hide what somebody writes later", "take the comment out"},

    {"require-concurrent-index-creation", kError, kGeneral,
     "CREATE INDEX on a table of an earlier file", "writers wait until the index is built",
     "CREATE INDEX CONCURRENTLY, in a file of its own"},
    {"require-concurrent-index-deletion", kWarning, kGeneral, "DROP INDEX",
     "waits for every query on the table, and all later ones queue behind it",
     "DROP INDEX CONCURRENTLY"},
    {"require-concurrent-reindex", kError, kGeneral, "REINDEX",
     "writers, and readers that need the index, wait until it is built", "REINDEX … CONCURRENTLY"},
    {"require-concurrent-partition-detach", kWarning, kGeneral, "DETACH PARTITION",
     "locks the whole partitioned table against readers", "DETACH PARTITION … CONCURRENTLY"},

    {"adding-not-nullable-field", kError, kGeneral,
     "SET NOT NULL that no valid CHECK of the ladder proves",
     "every row is looked at while readers and writers wait",
     "ADD CHECK (c IS NOT NULL) NOT VALID; VALIDATE it in the next file; then SET NOT NULL, drop "
     "the "
     "CHECK"},
    {"adding-required-field", kError, kGeneral, "ADD COLUMN NOT NULL without a default",
     "fails where the table has rows, and breaks writers that do not know the column",
     "add it nullable, backfill it, then make it NOT NULL; or give it a constant default"},
    {"adding-field-with-default", kError, kGeneral, "ADD COLUMN with a volatile default",
     "the table is written anew while readers and writers wait",
     "add the column, then SET DEFAULT for new rows, then backfill the old ones"},
    {"adding-stored-generated-column", kError, kGeneral, "ADD COLUMN … GENERATED … STORED",
     "the table is written anew while readers and writers wait",
     "a plain column with a trigger for new rows, and a backfill"},
    {"adding-serial-column", kError, kGeneral,
     "ADD COLUMN as serial or identity on a table of an earlier file",
     "the table is written anew while readers and writers wait",
     "a bigint column, a sequence as its default for new rows, and a backfill"},
    {"changing-column-type", kError, kGeneral, "ALTER COLUMN … TYPE that rewrites the table",
     "the table and its indexes are written anew while readers and writers wait",
     "a new column, filled by a trigger and a backfill, then a switch"},

    {"adding-foreign-key-constraint", kError, kGeneral, "a foreign key without NOT VALID",
     "every row is looked up while writers of both tables wait",
     "ADD … NOT VALID, and VALIDATE CONSTRAINT in the next file"},
    {"constraint-missing-not-valid", kError, kGeneral, "a CHECK without NOT VALID",
     "every row is looked at while readers and writers wait",
     "ADD … NOT VALID, and VALIDATE CONSTRAINT in the next file"},
    {"validate-in-same-transaction", kError, kGeneral,
     "VALIDATE CONSTRAINT in the transaction that added it",
     "the strong lock of ADD CONSTRAINT is held while every row is looked at",
     "VALIDATE CONSTRAINT in the next file"},
    {"disallowed-unique-constraint", kError, kGeneral, "UNIQUE without USING INDEX",
     "its index is built while readers and writers wait",
     "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX"},
    {"adding-primary-key", kError, kGeneral, "PRIMARY KEY without USING INDEX",
     "its index is built while readers and writers wait",
     "CREATE UNIQUE INDEX CONCURRENTLY on NOT NULL columns, then PRIMARY KEY USING INDEX"},
    {"adding-exclusion-constraint", kError, kGeneral, "an exclusion constraint",
     "its index is built while readers and writers wait, and there is no NOT VALID",
     "make it with the table, or in a maintenance window"},

    {"renaming-column", kError, kGeneral, "RENAME COLUMN of a table of an earlier file",
     "the running application still uses the old name",
     "a new column, written to by both versions, then drop the old one"},
    {"renaming-table", kError, kGeneral, "RENAME TO of a table of an earlier file",
     "the running application still uses the old name",
     "rename, and make a view of the old name in the same file"},
    {"renaming-schema", kError, kGeneral, "ALTER SCHEMA … RENAME, or SET SCHEMA of a table",
     "the running application still uses the old name", "make the new one beside it, then move"},
    {"renaming-enum-value", kError, kGeneral, "ALTER TYPE … RENAME VALUE",
     "the running application still writes the old value",
     "add the new value, move to it, leave "
     "the old one"},
    {"ban-drop-column", kError, kGeneral, "DROP COLUMN of a table of an earlier file",
     "its data is gone, and the running application may still read it",
     "release code that does not use it first, then drop it with an allow comment"},
    {"ban-drop-table", kError, kGeneral, "DROP TABLE of an earlier file's table",
     "its data is gone, and the running application may still read it",
     "release code that does not use it first, then drop it with an allow comment"},
    {"ban-drop-schema", kError, kGeneral, "DROP SCHEMA … CASCADE", "everything in it is gone",
     "drop what is in it by name"},
    {"ban-drop-database", kError, kGeneral, "DROP DATABASE", "everything in it is gone",
     "drop databases by hand, not in a pipeline"},
    {"ban-drop-not-null", kWarning, kGeneral, "DROP NOT NULL",
     "code that relies on a value meets NULL", "release code that knows NULL first"},
    {"ban-truncate-cascade", kError, kGeneral, "TRUNCATE … CASCADE",
     "empties every table that refers to this one, whatever it is", "name the tables"},

    {"require-lock-timeout", kWarning, kGeneral, "SET lock_timeout = 0",
     "rung's own timeout is off: everybody queues behind a statement that waits",
     "leave it to `rung up`, or set it to a few seconds"},
    {"timeout-on-concurrent-index", kWarning, kGeneral,
     "a statement_timeout in front of CREATE INDEX CONCURRENTLY",
     "a build that runs out of time leaves an INVALID index",
     "RESET statement_timeout in front of it, or a file of its own"},
    {"unbatched-write", kWarning, kGeneral,
     "UPDATE, DELETE, MERGE or INSERT … SELECT on a table of an earlier file",
     "one long transaction: row locks to its end, bloat, replication lag, statement timeouts",
     "a backfill: `rung new backfill NAME`"},
    {"locking-many-tables", kWarning, kGeneral,
     "one transaction that locks several tables of earlier files against readers or writers",
     "each lock is held to the end, and a wait for the last one holds up all of them",
     "a file for each table"},
    {"prefer-robust-stmts", kWarning, kGeneral,
     "a statement outside of a transaction of which a killed run leaves no trace",
     "the next run has to ask whether it was done",
     "move it into a file that is one transaction, or write it so that twice is once"},

    {"prefer-jsonb", kWarning, kGeneral, "a column of type json",
     "json has no equality: DISTINCT, GROUP BY and UNION fail", "jsonb"},
    {"prefer-bigint-over-int", kWarning, kGeneral, "a key of type integer or smallint",
     "it runs out, and a wider one rewrites the table", "bigint, or uuid"},
    {"prefer-timestamp-tz", kWarning, kGeneral, "a column of type timestamp without time zone",
     "it means another moment in each session's time zone", "timestamptz"},
    {"ban-char-field", kWarning, kGeneral, "a column of type char(n)",
     "values are filled up with blanks that comparisons pass over", "text"},
    {"identifier-too-long", kWarning, kGeneral, "a name longer than 63 bytes",
     "PostgreSQL cuts it off in silence; two such names may become one", "a shorter name"},

    {"rls-disabled-in-public", kError, kSupabase,
     "CREATE TABLE in public without ENABLE ROW LEVEL SECURITY in the same file",
     "whoever has the project's URL and its public key reads and writes every row",
     "ALTER TABLE … ENABLE ROW LEVEL SECURITY in the same file, and policies"},
    {"policy-exists-rls-disabled", kError, kSupabase,
     "a policy on a table whose row level security is never enabled", "the policy does nothing",
     "ALTER TABLE … ENABLE ROW LEVEL SECURITY"},
    {"rls-enabled-no-policy", kWarning, kSupabase, "row level security without any policy",
     "nobody but the service role sees a row", "CREATE POLICY, or allow it where that is meant"},
    {"auth-rls-initplan", kWarning, kSupabase,
     "a policy that calls auth.uid(), auth.jwt(), auth.role() or current_setting() for every row",
     "the call is made for each row of the table", "(select auth.uid())"},
    {"auth-uid-with-clerk", kError, kSupabase, "auth.uid() in a project with Clerk",
     "Clerk's ids (user_…) are no uuid: auth.uid() fails with invalid input syntax",
     "(select auth.jwt() ->> 'sub'), compared with text"},
    {"clerk-id-as-uuid", kError, kSupabase, "a column for Clerk's ids of type uuid",
     "Clerk's ids (user_…, org_…) are no uuid", "text"},
    {"security-definer-view", kError, kSupabase, "a view in public without security_invoker",
     "it reads with its owner's rights, past row level security",
     "CREATE VIEW … WITH (security_invoker = true)"},
    {"function-search-path-mutable", kError, kSupabase,
     "a SECURITY DEFINER function without SET search_path",
     "its caller chooses which tables and functions its names mean",
     "SET search_path = '' and names with their schema"},
    {"anon-security-definer-function-executable", kWarning, kSupabase,
     "a SECURITY DEFINER function in public that nobody is kept from calling",
     "whoever has the project's URL calls it with its owner's rights",
     "REVOKE EXECUTE … FROM public, anon; or a schema that is not exposed"},
    {"unindexed-foreign-keys", kWarning, kSupabase, "a foreign key without an index on its columns",
     "each delete or key change of the parent reads the whole table",
     "CREATE INDEX CONCURRENTLY on its columns"},
    {"rls-references-user-metadata", kError, kSupabase, "a policy that trusts user_metadata",
     "users write their own user_metadata", "app_metadata, or a table of your own"},
    {"rls-policy-always-true", kError, kSupabase, "a policy for writing whose condition is true",
     "every role it is for writes every row", "a condition on the row"},
    {"extension-in-public", kWarning, kSupabase, "an extension in public",
     "its functions become part of the API", "CREATE EXTENSION … WITH SCHEMA extensions"},
    {"ddl-in-managed-schema", kError, kSupabase,
     "tables, views, indexes or functions in a schema of Supabase's own",
     "auth, storage, realtime and the like belong to Supabase: it fails, or breaks at its next "
     "upgrade",
     "a table of your own that refers to theirs"},
};

}  // namespace

const char* ToString(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

std::span<const Rule> Rules() { return kRules; }

const Rule* FindRule(std::string_view name) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules),
                                   [&](const Rule& rule) { return rule.name == name; });
  return found == std::end(kRules) ? nullptr : found;
}

}  // namespace rung::check
