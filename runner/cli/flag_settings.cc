#include "cli/flag_settings.h"

#include <string>

#include "backfill/limits.h"
#include "cli/command_table.h"

namespace rung::cli {

namespace po = boost::program_options;

po::options_description CommonSettings() {
  po::options_description common("Every command takes");
  common.add_options()("migrations", po::value<std::string>()->value_name("DIR"),
                       "migrations (default: migrations)")(
      "backfills", po::value<std::string>()->value_name("DIR"), "backfills (default: backfills)")(
      "url", po::value<std::string>()->value_name("URL"),
      "the database, without a password (default: DATABASE_URL, else libpq's PG* variables)")(
      "tls", po::value<std::string>()->value_name("MODE"),
      "accept a weaker sslmode than verify-full to another host")(
      "schema", po::value<std::string>()->value_name("NAME"), "rung's own schema (default: rung)")(
      "environment", po::value<std::string>()->value_name("NAME"),
      "the section [NAME] of rung.conf goes before what stands above the sections")(
      "log-format", po::value<std::string>()->value_name("FORMAT"), "text (default) or json")(
      "quiet", po::bool_switch(), "errors and results only")("verbose", po::bool_switch(),
                                                             "every batch and notice");
  return common;
}

po::options_description SectionSettings() {
  po::options_description section;
  auto add = section.add_options();
  for (const char* name :
       {"allow_wipe", "system_identifier", "clerk_instance", "clerk_environment"}) {
    add(name, po::value<std::string>(), "");
  }
  return section;
}

po::options_description CommandSettings(unsigned flags) {
  po::options_description own("Options");
  auto add = own.add_options();
  if (flags & kLimits) {
    for (const backfill::LimitName& limit : backfill::LimitNames()) {
      add(limit.name, po::value<std::string>()->value_name(limit.value_name), limit.help);
    }
  }
  if (flags & kReset) {
    add("reset", po::bool_switch(),
        "forget what was tuned before: what each run was given holds again");
  }
  if (flags & kTo) add("to", po::value<std::string>()->value_name("N"), "stop after this number");
  if (flags & kMaxRuntime) {
    add("max-runtime", po::value<std::string>()->value_name("TIME"),
        "end with exit code 3 after 8m, 90s … and keep everything done");
  }
  if (flags & kLockWait) {
    add("lock-wait", po::value<std::string>()->value_name("TIME"),
        "wait for another run's lock (default: 60s)");
  }
  if (flags & (kLockTimeout | kExecute)) {
    add("lock-timeout", po::value<std::string>()->value_name("TIME"),
        flags & kLockTimeout
            ? "give up waiting for a table lock after this, roll back and try again (default: 3s)"
            : "with --execute: give up waiting for a table lock after this (default: 3s)");
  }
  if (flags & kLockTimeout) {
    add("lock-patience", po::value<std::string>()->value_name("TIME"),
        "for as long as this (default: 5m)");
  }
  if (flags & kResume) {
    add("resume", po::value<std::string>()->value_name("rerun|skip"),
        "what to do with a statement of which an earlier run left no trace whether it is done");
  }
  if (flags & kAllowLate) {
    add("allow-late", po::bool_switch(), "run files below the highest applied one, in their place");
  }
  if (flags & kSupabase) {
    add("record-supabase", po::bool_switch(),
        "keep supabase_migrations.schema_migrations in step with rung's history");
  }
  if (flags & kPending) {
    add("pending", po::bool_switch(), "what is not done, and exit code 3 where something is not");
  }
  if (flags & kAllowEmpty) {
    add("allow-empty", po::bool_switch(), "also where there is nothing in the database");
  }
  if (flags & kRepair) {
    add("all", po::bool_switch(), "accept every changed file and row");
    add("forget", po::value<std::string>()->value_name("N,…"),
        "take the rows of files that are gone out of the history");
    add("mark-done", po::value<std::string>()->value_name("N,…"),
        "count the statement that an interrupted run left open as done");
    add("mark-undone", po::value<std::string>()->value_name("N,…"), "or as not done");
    add("yes", po::bool_switch(), "do not ask");
  }
  if (flags & kMaxRejects) {
    add("max-rejects", po::value<std::string>()->value_name("N"),
        "rows of a backfill that may be set aside because the database refuses them (default: "
        "100)");
  }
  if (flags & kRetry) {
    add("retry", po::bool_switch(), "try them again, now; exit code 3 where one is refused again");
  }
  if (flags & kFinish) {
    add("fix-mismatches", po::bool_switch(),
        "write over values that differ from their source, in complete backfills too");
    add("finish", po::bool_switch(), "take the guards of a complete backfill away");
  }
  if (flags & kAgain) add("again", po::bool_switch(), "verify complete backfills once more");
  if (flags & kExecute) {
    add("execute", po::bool_switch(), "run it for real in one transaction, and roll that back");
  }
  if (flags & kWipe) {
    add("dry-run", po::bool_switch(), "show what would go, and what has to be pinned");
    add("confirm", po::value<std::string>()->value_name("REFERENCE"),
        "with --yes: what would be typed at a terminal");
    add("yes", po::bool_switch(), "do not ask");
    add("backup", po::value<std::string>()->value_name("FILE"),
        "where the database's dump goes (default: rung-backup-<reference>-<time>.dump)");
    add("no-backup", po::bool_switch(), "empty the database without a dump");
    add("export", po::value<std::string>()->value_name("FILE"),
        "where Clerk's users and organizations go (default: rung-clerk-<instance>-<time>.jsonl)");
    add("production", po::bool_switch(), "a production instance of Clerk is meant");
    add("rate", po::value<std::string>()->value_name("N"),
        "requests to Clerk in ten seconds (default: half of what it allows)");
  }
  if (flags & kWipeScript) {
    add("wipe-script", po::value<std::string>()->value_name("FILE"),
        "the list of tables (default: scripts/wipe_all_user_data.sql)");
  }
  if (flags & kVerify) {
    add("steps", po::value<std::string>()->value_name("FILE"),
        "what a sign-up does, in SQL (default: scripts/verify_sign_up.sql)");
  }
  if (flags & kClerkReport) {
    add("clerk", po::bool_switch(), "who is ready: what Clerk has beside what the database has");
  }
  if (flags & kClerk) {
    add("clerk-key-file", po::value<std::string>()->value_name("FILE"),
        "Clerk's secret key, in a file of mode 0600 (default: CLERK_SECRET_KEY)");
    add("clerk-timeout", po::value<std::string>()->value_name("TIME"),
        "give up waiting for an answer of Clerk's after this, and ask again (default: 30s)");
  }
  if (flags & kCheck) {
    add("from", po::value<std::string>()->value_name("N"), "judge the files from this number on");
    add("fail-on", po::value<std::string>()->value_name("error|warning|none"),
        "exit code 1 from this severity on (default: error)");
    add("supabase", po::bool_switch(),
        "Supabase's rules too, where the files do not show that it is Supabase");
    add("rules", po::bool_switch(), "list the rules");
  }
  if (flags & kFormat) {
    add("format", po::value<std::string>()->value_name("FORMAT"), "table (default), json or csv");
  }
  return own;
}

}  // namespace rung::cli
