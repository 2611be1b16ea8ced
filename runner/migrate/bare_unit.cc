#include "migrate/bare_unit.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/sleep.h"
#include "migrate/concurrent_index.h"
#include "migrate/partition_detach.h"
#include "migrate/standing.h"
#include "migrate/transaction_unit.h"
#include "pg/activity.h"
#include "pg/audit.h"
#include "sql/bare_statement.h"

namespace rung::migrate {
namespace {

using sql::HowItEnds;

// Outside of a transaction only the session's own settings hold: a platform's default of two minutes
// must not end a long build, and a lock timeout would leave an INVALID index. What the file itself
// has set holds, but for the latter. Nothing is touched where there is no limit.
class WithoutTimeouts {
 public:
  WithoutTimeouts(pg::Connection& connection, bool is_concurrent) : connection_(connection) {
    std::string lift;
    for (const auto& row : connection.Exec(kRead)) {
      const auto name = row[0].as<std::string>();
      const bool is_of_file = row[2].as<bool>();
      if (is_of_file && !(is_concurrent && name == "lock_timeout")) continue;
      lift += "SET " + name + " = 0; ";
      restore_ += is_of_file ? fmt::format("SET {} = {}; ", name, row[1].as<std::string>())
                             : "RESET " + name + "; ";
    }
    if (!lift.empty()) connection.Exec(lift);
  }

  ~WithoutTimeouts() {
    if (restore_.empty() || !connection_.IsOpen()) return;
    try {
      connection_.Exec(restore_);
    } catch (const std::exception&) {  // gone meanwhile, and the settings with it
    }
  }
  WithoutTimeouts(const WithoutTimeouts&) = delete;
  WithoutTimeouts& operator=(const WithoutTimeouts&) = delete;

 private:
  static constexpr const char* kRead = R"(
SELECT name, setting, source = 'session' FROM pg_catalog.pg_settings
WHERE name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout') AND setting <> '0')";

  pg::Connection& connection_;
  std::string restore_;
};

class BareUnit {
 public:
  BareUnit(FileRun& run, const Unit& unit)
      : run_(run),
        unit_(unit),
        connection_(run.context.connection),
        statement_(run.At(unit.begin)),
        bare_(sql::LookAtBare(std::string(statement_.text))) {}

  void Run() {
    const bool is_bare = bare_.how != HowItEnds::kWithItsRecord;
    if (run_.context.is_pooled && is_bare) run_.ReplaySettings(unit_.begin);
    if (run_.is_open) WaitForOrphan();
    if (IsSettled()) {
      RecordDone();
      return;
    }
    if (!is_bare) {
      TellStart();
      RunInTransaction(run_, unit_);
      return;
    }
    TakeAwayLeftovers();
    TellStart();
    run_.RequireGoing();
    run_.RecordAlone(static_cast<int>(unit_.begin), true, pg::Forget::kNothing);
    run_.is_open = true;
    RunStatement();
    RequireValidIndex();
    RecordDone();
  }

 private:
  bool IsRetried() const { return run_.is_begun && run_.done == static_cast<int>(unit_.begin); }

  void TellStart() {
    run_.context.events.Emit(core::StatementStarted{run_.migration.Label(),
                                                    static_cast<int>(unit_.begin) + 1, run_.Count(),
                                                    std::string(statement_.head)});
  }

  void RecordDone() {
    run_.RecordAlone(static_cast<int>(unit_.end), false, run_.ForgetAfter(unit_));
  }

  void RunStatement() {
    try {
      const WithoutTimeouts lifted(connection_, bare_.is_concurrent);
      run_.RunStatement(unit_.begin, run_.context.is_pooled ? 0 : connection_.announced_pid(),
                        false);
    } catch (StatementFailed& failed) {
      run_.StopCancelling();
      failed.ran_bare = true;
      failed.left_behind = FindLeftBehind();
      throw;
    }
  }

  // A killed run's statement goes on in the server until it ends by itself.
  void WaitForOrphan() {
    bool told = false;
    while (const auto pid = pg::FindOrphan(connection_, std::string(statement_.text))) {
      if (!told) {
        run_.Warn(
            fmt::format("{}: an earlier run is gone, but pid {} still runs its statement: "
                        "waiting for that to end",
                        run_.Place(unit_.begin), *pid));
        told = true;
      }
      core::SleepFor(std::chrono::milliseconds(200), run_.context.stop);
      run_.RequireGoing();
    }
  }

  // Is the statement done already, by an earlier run that was not able to record it?
  bool IsSettled() {
    switch (bare_.how) {
      case HowItEnds::kIndexBuilt:
        return run_.is_open && HasBuiltIndex();
      case HowItEnds::kIndexDropped:
        return run_.is_open && !HasIndex(connection_, bare_.index);
      case HowItEnds::kPartitionDetached:
        return IsRetried() && IsDetached();
      case HowItEnds::kReindexed:
      case HowItEnds::kRepeatable:
        return false;
      case HowItEnds::kWithItsRecord:
      case HowItEnds::kUnknown:
        return run_.is_open && IsSkipped();
    }
    return false;
  }

  // An index that the server has named is known by its columns, so it must be younger than the
  // record of its beginning.
  bool HasBuiltIndex() {
    std::optional<int64_t> age;
    if (bare_.index.name.empty()) {
      age = ReadRecordAge(connection_, run_.context.schema, run_.version);
    }
    for (const FoundIndex& index : FindBuiltIndexes(connection_, bare_)) {
      if (index.is_valid && (!age || index.age <= *age)) return true;
    }
    return false;
  }

  bool IsDetached() {
    switch (ReadDetachState(connection_, bare_)) {
      case DetachState::kAttached:
        return false;
      case DetachState::kDetached:
        return run_.is_open;
      case DetachState::kPending:
        break;
    }
    run_.Warn(fmt::format("{}: an earlier try left the partition half detached: finishing that",
                          run_.Place(unit_.begin)));
    const Watched watched(run_.context.watch,
                          {run_.migration.Label(), static_cast<int>(unit_.begin) + 1, run_.Count(),
                           std::string(statement_.head), FinalizeStatement(bare_),
                           run_.context.is_pooled ? 0 : connection_.announced_pid()},
                          false);
    connection_.Exec(FinalizeStatement(bare_));
    return true;
  }

  // Only a person can tell: did they?
  bool IsSkipped() {
    const auto& resume = run_.context.settings.resume;
    if (resume) {
      pg::RecordEvent(connection_, run_.context.schema, run_.context.actor,
                      *resume == Resume::kSkip ? "statement skipped" : "statement run again",
                      run_.migration.Label(),
                      fmt::format("{}/{} {}", unit_.begin + 1, run_.Count(),
                                  run_.context.redact(std::string(statement_.head))));
      return *resume == Resume::kSkip;
    }
    throw core::Error(
        core::Failure::kFailed,
        core::Problem{run_.Place(unit_.begin),
                      "an earlier run was ended while this statement was under way, outside of a "
                      "transaction",
                      {std::string(statement_.head)}},
        DescribeState(run_.migration, run_.done, unit_, "may be done, or not, or in part"),
        "look at what it should have done; then run it again with `--resume skip` if that is "
        "there, with `--resume rerun` if it is not");
  }

  // INVALID indexes of an earlier try. One of the statement's own name is in its way in any case.
  void TakeAwayLeftovers() {
    std::vector<FoundIndex> leftovers;
    if (bare_.how == HowItEnds::kIndexBuilt && (IsRetried() || !bare_.index.name.empty())) {
      leftovers = FindBuiltIndexes(connection_, bare_);
    } else if (bare_.how == HowItEnds::kReindexed && IsRetried()) {
      leftovers = FindReindexLeftovers(connection_, bare_);
    }
    for (const FoundIndex& index : leftovers) {
      if (index.is_valid) continue;
      run_.Warn(fmt::format("{}: index {} is INVALID, left by an earlier try: dropping it{}",
                            run_.Place(unit_.begin), index.name,
                            bare_.how == HowItEnds::kIndexBuilt ? " to build it again" : ""));
      const WithoutTimeouts lifted(connection_, true);
      DropIndex(connection_, index);
    }
  }

  std::vector<std::string> FindLeftBehind() {
    std::vector<std::string> lines;
    try {
      std::vector<FoundIndex> found;
      if (bare_.how == HowItEnds::kIndexBuilt) found = FindBuiltIndexes(connection_, bare_);
      if (bare_.how == HowItEnds::kReindexed) found = FindReindexLeftovers(connection_, bare_);
      for (const FoundIndex& index : found) {
        if (index.is_valid) continue;
        lines.push_back(
            fmt::format("left behind: index {}, INVALID; the next run drops it", index.name));
      }
      if (bare_.how == HowItEnds::kPartitionDetached &&
          ReadDetachState(connection_, bare_) == DetachState::kPending) {
        lines.push_back("left behind: the partition, half detached; the next run finishes that (" +
                        FinalizeStatement(bare_) + ")");
      }
    } catch (const std::exception&) {  // the failure itself is what has to be told
    }
    return lines;
  }

  void RequireValidIndex() {
    if (bare_.how != HowItEnds::kIndexBuilt || bare_.index.name.empty()) return;
    for (const FoundIndex& index : FindBuiltIndexes(connection_, bare_)) {
      if (index.is_valid) continue;
      throw core::Error(
          core::Failure::kFailed,
          core::Problem{
              run_.Place(unit_.begin), fmt::format("index {} is still INVALID", index.name), {}},
          DescribeState(run_.migration, run_.done, unit_, "has left it so"),
          "drop the index, then run it again");
    }
  }

  FileRun& run_;
  const Unit& unit_;
  pg::Connection& connection_;
  const sql::Statement& statement_;
  const sql::BareStatement bare_;
};

}  // namespace

void RunBare(FileRun& run, const Unit& unit) { BareUnit(run, unit).Run(); }

}  // namespace rung::migrate
