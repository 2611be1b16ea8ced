#include "reset/sign_up.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "core/error.h"
#include "files/text_file.h"
#include "pg/transaction.h"
#include "sql/statements.h"

namespace rung::reset {
namespace {

constexpr std::string_view kMark = "-- step: ";

constexpr pg::TransactionSettings kWalk{.lock_timeout = std::chrono::seconds(5),
                                        .statement_timeout = std::chrono::minutes(1),
                                        .idle_timeout = std::chrono::minutes(1),
                                        .strangers_sql = true};

core::Error Refused(const std::string& path, int line, std::string what,
                    std::vector<std::string> excerpt) {
  return core::Error(
      core::Failure::kUsage,
      core::Problem{fmt::format("{}:{}", path, line), std::move(what), std::move(excerpt)},
      "nothing was run", "correct the file");
}

// Of the comments in front of a statement, the last that begins a step.
std::optional<std::string> StepNameIn(std::string_view text, std::string_view head) {
  std::optional<std::string> name;
  std::string_view comments =
      text.substr(0, static_cast<size_t>(std::max<ptrdiff_t>(0, head.data() - text.data())));
  while (!comments.empty()) {
    const size_t end = std::min(comments.find('\n'), comments.size());
    std::string_view line = comments.substr(0, end);
    if (line.starts_with(kMark)) {
      while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
      name = std::string(line.substr(std::min(kMark.size(), line.size())));
    }
    comments.remove_prefix(std::min(end + 1, comments.size()));
  }
  return name;
}

void RequireInside(const std::string& path, const sql::Statement& statement) {
  const std::vector<std::string> excerpt{std::string(statement.head)};
  if (statement.control != sql::Control::kNone && statement.control != sql::Control::kSavepoint) {
    throw Refused(path, statement.head_line,
                  "the steps run in one transaction, which they may not end", excerpt);
  }
  if (!statement.outside.empty()) {
    throw Refused(path, statement.head_line,
                  fmt::format("{} cannot run in a transaction", statement.outside), excerpt);
  }
  if (statement.data) {
    throw Refused(path, statement.head_line, "COPY data has no place here", excerpt);
  }
}

// What is wrong with a result that has a column `ok`; empty where it has none.
std::string FaultOf(const pqxx::result& result) {
  for (pqxx::row::size_type column = 0; column < result.columns(); ++column) {
    if (std::string_view(result.column_name(column)) != "ok") continue;
    if (result.empty()) return "the result has no row";
    for (const auto& row : result) {
      if (!row[column].is_null() && std::string_view(row[column].c_str()) == "t") continue;
      std::vector<std::string> others;
      for (pqxx::row::size_type i = 0; i < result.columns(); ++i) {
        if (i != column) others.push_back(row[i].is_null() ? "NULL" : row[i].c_str());
      }
      return others.empty() ? "not ok" : fmt::format("not ok: {}", fmt::join(others, ", "));
    }
  }
  return "";
}

// The first fault of a step; empty where it holds.
std::string Walk(pg::Connection& connection, const std::string& path, const SignUpStep& step) {
  for (const StepStatement& statement : step.statements) {
    std::string fault;
    try {
      fault = FaultOf(connection.Exec(statement.text));
    } catch (const pg::ServerError& error) {
      fault = error.what();
    }
    if (!fault.empty()) return fmt::format("{}:{}: {}", path, statement.line, fault);
  }
  return "";
}

std::string TableNames(const std::vector<TenantColumn>& columns) {
  std::vector<std::string> tables;
  for (const TenantColumn& column : columns) tables.push_back(column.table);
  return fmt::format("{}", fmt::join(tables, " "));
}

}  // namespace

SignUp ReadSignUp(const std::filesystem::path& path) {
  const std::string text = files::ReadText(path, "name the file of the steps with --steps FILE");
  const sql::Script script = sql::SplitStatements(text);
  std::optional<sql::Fault> fault;
  if (!script.faults.empty()) fault = script.faults.front();
  if (!fault) fault = sql::FindSyntaxFault(script.statements);
  if (fault) throw Refused(path.string(), fault->line, fault->what, fault->excerpt);
  SignUp sign_up{path.string(), {}};
  for (const sql::Statement& statement : script.statements) {
    RequireInside(sign_up.path, statement);
    if (auto name = StepNameIn(statement.text, statement.head)) {
      sign_up.steps.push_back({*std::move(name), {}});
    }
    if (sign_up.steps.empty()) {
      throw Refused(sign_up.path, statement.head_line,
                    "a statement before the first comment `-- step: NAME`",
                    {std::string(statement.head)});
    }
    sign_up.steps.back().statements.push_back({std::string(statement.text), statement.head_line});
  }
  if (sign_up.steps.empty()) throw Refused(sign_up.path, 1, "there is no step in here", {});
  return sign_up;
}

std::vector<Check> WalkSignUp(pg::Connection& connection, const SignUp& sign_up,
                              const std::vector<TenantColumn>& columns,
                              const std::vector<Sequence>& sequences) {
  pg::Transaction transaction(connection, kWalk);
  for (const Sequence& sequence : sequences) {
    transaction.Exec(
        fmt::format("ALTER SEQUENCE {} RESTART WITH {}", sequence.name, sequence.next));
  }
  transaction.Exec("SELECT set_config('rung.tenant_tables', $1, true)", {TableNames(columns)});
  std::vector<Check> checks;
  for (const SignUpStep& step : sign_up.steps) {
    Check check{"sign-up: " + step.name, {}};
    if (!checks.empty() && !checks.back().holds()) {
      check.faults.emplace_back("not run: the step before it does not hold");
    } else if (std::string fault = Walk(connection, sign_up.path, step); !fault.empty()) {
      check.faults.push_back(std::move(fault));
    }
    checks.push_back(std::move(check));
  }
  if (!checks.back().holds()) return checks;
  try {
    if (transaction.Reclaim(pg::Forget::kNothing)) return checks;
  } catch (const pg::ServerError& error) {  // of a deferred constraint
    checks.push_back({"sign-up: its deferred constraints", {error.what()}});
    return checks;
  }
  throw core::Error(core::Failure::kFailed,
                    core::Problem{sign_up.path, "a step has ended the transaction", {}},
                    "what stood before that is kept in the database",
                    "look for a COMMIT in a function or DO block, and take its rows out by hand");
}

}  // namespace rung::reset
