// argv, environment and rung.conf as one plain struct. Does not act on them.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backfill/limits.h"
#include "core/version.h"
#include "migrate/resume.h"
#include "pg/target.h"
#include "reset/permission.h"

namespace rung::cli {

enum class Format { kTable, kJson, kCsv };
enum class LogFormat { kText, kJson };
enum class FailOn { kError, kWarning, kNone };
enum class Verbosity { kQuiet, kNormal, kVerbose };

// Of `wipe` and `verify`.
struct WipeOptions {
  reset::Permission permission;
  std::filesystem::path script = "scripts/wipe_all_user_data.sql";
  std::filesystem::path steps = "scripts/verify_sign_up.sql";
  bool dry_run = false;
  std::optional<std::string> confirm;
  std::optional<std::filesystem::path> backup;
  bool no_backup = false;
  std::optional<std::filesystem::path> export_file;
  bool production = false;
  std::optional<int> rate;
};

struct Options {
  std::string command;                 // "up"; "help" and "version" too
  std::vector<std::string> arguments;  // behind the command

  std::filesystem::path migrations = "migrations";
  std::filesystem::path backfills = "backfills";
  bool backfills_named = false;  // by flag or setting: then the directory must exist
  pg::TargetRequest target;
  std::string schema = "rung";
  Format format = Format::kTable;
  LogFormat log_format = LogFormat::kText;
  Verbosity verbosity = Verbosity::kNormal;

  backfill::Limits limits;                   // of up, backfill
  std::map<std::string, std::string> tuned;  // of tune: the limits that were given, by name
  bool reset = false;                        // of tune
  std::optional<core::Version> to;
  std::optional<std::chrono::milliseconds> max_runtime;
  std::chrono::milliseconds lock_wait{std::chrono::seconds(60)};
  std::chrono::milliseconds lock_timeout{std::chrono::seconds(3)};
  std::chrono::milliseconds lock_patience{std::chrono::minutes(5)};
  std::optional<migrate::Resume> resume;
  bool again = false;
  int max_rejects = 100;        // rows that a backfill may set aside
  bool retry = false;           // of rejects
  bool fix_mismatches = false;  // of backfill, like the next
  bool finish = false;
  bool allow_late = false;       // run files below the highest applied one
  bool record_supabase = false;  // keep the table of Supabase's tools in step
  bool pending_only = false;     // of status
  bool allow_empty = false;      // of baseline
  bool yes = false;              // of repair, as are the others
  bool all = false;
  std::vector<core::Version> forget;
  std::vector<core::Version> mark_done;
  std::vector<core::Version> mark_undone;
  bool execute = false;               // of `plan`
  std::optional<core::Version> from;  // of `check`, like the next three
  FailOn fail_on = FailOn::kError;
  bool supabase = false;
  bool rules = false;
  WipeOptions wipe;
  bool clerk = false;  // of `report`
  std::optional<std::filesystem::path> clerk_key_file;
  std::chrono::milliseconds clerk_timeout{std::chrono::seconds(30)};
};

// nullopt for a variable that is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Settings come from the flag, then RUNG_*, then rung.conf (of the working directory, or --config),
// then the default.
// Shape:  arguments without the program's name.
// Errors: core::Error (kUsage): unknown command or flag, a value that is not one.
Options ParseOptions(const std::vector<std::string>& arguments, const Environment& environment);

// The whole help, or that of one command.
// Errors: core::Error (kUsage) for a command that does not exist.
std::string HelpText(const std::string& command);

}  // namespace rung::cli
