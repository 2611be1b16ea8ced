#include "cli/command_table.h"

#include <algorithm>

namespace rung::cli {
namespace {

constexpr Command kCommands[] = {
    {"up", "", 0,
     kLimits | kTo | kMaxRuntime | kLockWait | kLockTimeout | kResume | kAllowLate | kSupabase |
         kMaxRejects,
     "migrations and backfills, in order, until done: the deploy command",
     "Applies each pending migration, then runs the backfill of the same number, then goes on. A\n"
     "migration above an unfinished backfill does not run. Safe to run again at any time: it goes "
     "on\n"
     "where it was interrupted.\n\n"
     "  rung up\n"
     "  rung up --jobs 2 --max-runtime 8m    # exit code 3 when time runs out: run it again\n"},
    {"migrate", "", 0, kTo | kLockWait | kLockTimeout | kResume | kAllowLate | kSupabase,
     "migrations only, up to the first unfinished backfill",
     "Exit code 3 when a backfill has to run before the rest.\n\n  rung migrate --to 024\n"},
    {"backfill", "[NAME]", 1,
     kLimits | kMaxRuntime | kLockWait | kAgain | kMaxRejects | kFinish | kLockTimeout,
     "run or join the backfills whose migration is applied",
     "NAME is a backfill's number or name; without it, all that are not complete. Any number of "
     "runs,\n"
     "on any number of machines, may work on one backfill at the same time. --again has complete\n"
     "backfills verify themselves once more and fill what has become fillable; --fix-mismatches "
     "also "
     "writes\n"
     "over values that differ from their source. --finish takes away the triggers of guard = "
     "true.\n\n"
     "  rung backfill --jobs 2\n"
     "  rung backfill 024 --again\n"
     "  rung backfill 024 --finish\n"},
    {"status", "[NAME]", 1, kFormat | kPending,
     "where the ladder stands, and how far each backfill is",
     "Reads only. With NAME only that rung, of a backfill with what each table and each run has "
     "cost. "
     "With\n--pending it shows what is not done, and exits with 3 where something is not.\n\n"
     "  rung status\n  rung status 024\n  rung status --format json\n  rung status --pending\n"},
    {"report", "[NAME]", 1, kFormat | kClerkReport | kClerk, "rows that lack their value, and why",
     "Counts, for every fill: rows, filled, fillable, unfillable by reason, mismatches; and the\n"
     "parents that keep most rows from being filled. Reads only. Exit code 3 while a row is "
     "fillable\n"
     "or a mismatch exists. --clerk asks Clerk too: users without an organization, organizations "
     "without a\n"
     "tenant and the reverse, ids that Clerk does not have, and which organization a tenant "
     "without "
     "one may\n"
     "be; exit code 3 where anything of that is found.\n\n"
     "  rung report\n  rung report 024 --format csv > missing.csv\n"
     "  CLERK_SECRET_KEY=… rung report --clerk\n"},
    {"plan", "", 0, kTo | kFormat | kExecute | kLockWait | kAllowLate,
     "what `up` would do: statements, locks, rewrites, scans, sizes",
     "Runs in a read-only transaction. --execute runs the pending files that are one transaction, "
     "in\n"
     "a single transaction with their real locks, and rolls it back: exit code 1 if one of them "
     "fails.\n"
     "It stops before the first file that cannot be rolled back, and before a backfill.\n\n"
     "  rung plan\n  rung plan --to 024\n  rung plan --execute --lock-timeout 1s\n"},
    {"check", "", 0, kFormat | kCheck,
     "without a database: names, syntax, backfills, unsafe statements",
     "Exit code 1 if something is found that is worse than --fail-on allows. A comment allows what "
     "is\nmeant: -- rung: allow RULE because REASON, above a statement or at the top of a file.\n\n"
     "  rung check\n  rung check --from 024 --fail-on warning\n  rung check --rules\n"},
    {"repair", "[N…]", 1000, kRepair | kLockWait | kSupabase,
     "accept what files and history disagree in",
     "Shows each file that was changed since it was applied, with its first differing statement, "
     "each\n"
     "that is missing or late, and each row of the history that something else than rung has "
     "written.\n"
     "Accepts those that are named by their number, or all changes with --all; runs none of them. "
     "Asks\n"
     "at a terminal, needs --yes without one. What was there is kept in rung.event.\n\n"
     "  rung repair                   # shows what there is\n"
     "  rung repair 031 --yes\n"
     "  rung repair --forget 029      # its file is gone for good\n"
     "  rung repair --mark-done 040   # its statement, whose run was killed, has done its work\n"},
    {"baseline", "N", 1, kLockWait | kSupabase | kAllowEmpty,
     "take over a database that already stands at N",
     "Records the files up to N as applied, without running them. The history must be empty.\n\n"
     "  rung baseline 024\n"},
    {"pause", "[NAME]", 1, 0, "hold a backfill, from anywhere",
     "Every run of it ends after the batch that it is at, with exit code 3, and keeps what it has "
     "done.\nWithout NAME the only one that is not complete.\n\n"
     "  rung pause\n  rung pause 024\n  rung resume 024\n"},
    {"resume", "[NAME]", 1, 0, "let a paused or cancelled backfill go on",
     "The next `rung up` or `rung backfill` goes on where it stood.\n\n  rung resume 024\n"},
    {"cancel", "[NAME]", 1, 0, "give a backfill up; the migrations above it wait",
     "Like pause, for good: what is filled stays. `rung resume` takes it up again.\n\n"
     "  rung cancel 024\n"},
    {"tune", "[NAME]", 1, kLimits | kReset,
     "change how hard a running backfill may work, from anywhere",
     "Every run of it follows within a second or a batch, and so does each that begins later. "
     "Without "
     "a\nlimit it shows what is tuned. Without NAME it is the only backfill that is not "
     "complete.\n\n"
     "  rung tune --jobs 4 --max-wal-rate 20MB\n"
     "  rung tune 024 --window 22:00-06:00\n  rung tune --reset\n"},
    {"rejects", "[NAME]", 1, kFormat | kRetry, "rows that a backfill has set aside, and why",
     "A row that the database refuses (a constraint, a trigger, a value that cannot be read) is "
     "set\n"
     "aside with its key and the reason, and the others are filled. The backfill is not complete "
     "until\nnone is left. Mend the rows, or what refuses them, then try them again.\n\n"
     "  rung rejects\n  rung rejects 024 --format csv\n  rung rejects 024 --retry\n"},
    {"wipe", "database|clerk", 1, kWipe | kWipeScript | kClerk | kLockWait | kLockTimeout,
     "a fresh start: empty the tenant tables, or delete everyone in Clerk",
     "Needs --environment NAME, and in its section of rung.conf allow_wipe = true and what is to "
     "be "
     "wiped:\n"
     "system_identifier for the database, clerk_instance and clerk_environment for Clerk. Shows "
     "what will\n"
     "go, then asks for the project's reference, or the instance's id, to be typed. Before "
     "anything goes,\n"
     "the database is dumped, and Clerk's users and organizations are exported. What went cannot "
     "be\n"
     "brought back into Clerk. docs/fresh-start.md has the steps and their order.\n\n"
     "  rung wipe database --environment staging --dry-run\n"
     "  rung wipe database --environment staging\n"
     "  rung wipe database --environment staging --yes --confirm abcdefghijklmnop   # in a "
     "pipeline\n"
     "  CLERK_SECRET_KEY=… rung wipe clerk --environment staging\n"},
    {"verify", "", 0, kVerify | kWipeScript | kFormat,
     "after a fresh start: is everything ready for new sign-ups",
     "Every tenant table has its column and a valid index on it, the wiped tables are empty, their "
     "sequences\n"
     "at their start, kept tables are not; then a sign-up is walked through, step by step, in a "
     "transaction\n"
     "that is rolled back. The steps are an SQL file of yours. Exit code 1 where something does "
     "not hold.\n\n"
     "  rung verify --environment staging\n  rung verify --steps scripts/verify_sign_up.sql "
     "--format json\n"},
    {"new", "migration|backfill NAME", 2, 0, "a file with the next number, named like the others",
     "  rung new migration add_status_to_calls\n  rung new backfill clerk_org_id\n"},
    {"help", "[COMMAND]", 1, 0, "this text, or a command's", ""},
    {"version", "", 0, 0, "the version of rung and of what it is built with", ""},
};

}  // namespace

std::span<const Command> Commands() { return kCommands; }

const Command* FindCommand(std::string_view name) {
  const auto* found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                   [&](const Command& command) { return command.name == name; });
  return found == std::end(kCommands) ? nullptr : found;
}

}  // namespace rung::cli
