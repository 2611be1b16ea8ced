#include "migrate/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "migrate/migration.h"

namespace rung::migrate {
namespace {

using core::Problem;
using sql::Control;
using sql::Statement;

// "status" may be "app.status"; "app.status" is not "web.status".
bool MayBeSame(std::string_view a, std::string_view b) {
  const auto name = [](std::string_view text) { return text.substr(text.rfind('.') + 1); };
  const auto has_schema = [](std::string_view text) { return text.find('.') != text.npos; };
  return has_schema(a) && has_schema(b) ? a == b : name(a) == name(b);
}

// A value that a transaction adds to an enum cannot be used in it; up to PostgreSQL 16 not even where
// the type is of the same transaction.
// Source: the manual, ALTER TYPE, "Notes".
std::vector<Unit> CutAtNewEnumValues(const std::vector<Statement>& statements) {
  std::vector<Unit> units = {Unit{0, statements.size(), true}};
  std::vector<std::string> added;  // values of this unit, as literals
  for (size_t i = 0; i < statements.size(); ++i) {
    const sql::Bearing* bearing = statements[i].bearing.get();
    const bool adds = bearing != nullptr && !bearing->adds_value.empty();
    const auto is_used = [&](const std::string& literal) {
      return statements[i].text.find(literal) != std::string_view::npos;
    };
    if (!adds && std::any_of(added.begin(), added.end(), is_used)) {
      units.back().end = i;
      units.push_back({i, statements.size(), true, ""});
      added.clear();
    }
    if (!adds) continue;
    std::string literal = "'";
    for (char c : bearing->adds_value) literal += c == '\'' ? std::string("''") : std::string(1, c);
    added.push_back(literal + "'");
  }
  return units;
}

// Sorts a file's statements into units while walking over its own transaction control.
class UnitPlanner {
 public:
  UnitPlanner(const sql::Script& script, CommittingProcedures& procedures, Migration& migration)
      : script_(script), procedures_(procedures), migration_(migration) {}

  // Appends what cannot be run to `problems`.
  void Plan(std::vector<Problem>& problems) {
    for (const Statement& statement : script_.statements) {
      if (auto fault = Take(statement)) {
        problems.push_back({fmt::format("{}:{}", migration_.path, statement.head_line),
                            *fault,
                            {std::string(statement.head)}});
        return;
      }
    }
    if (auto fault = TakeEnd()) {
      problems.push_back({fmt::format("{}:{}", migration_.path, block_line_), *fault, {}});
    }
    const bool splits = has_blocks_ || has_outside_ || script_.no_transaction;
    if (migration_.statements.empty()) {
      migration_.units = {Unit{}};
    } else if (!splits && !block_closed_) {
      migration_.units = CutAtNewEnumValues(migration_.statements);
    }
  }

 private:
  std::optional<std::string> Take(const Statement& statement) {
    switch (statement.control) {
      case Control::kBegin:
        if (block_line_ != 0)
          return fmt::format("a BEGIN inside the block of line {}", block_line_);
        // Only a block with statements around it, or a second one, makes the file more than one
        // unit.
        if (!migration_.statements.empty()) has_blocks_ = true;
        block_line_ = statement.head_line;
        block_begin_ = migration_.statements.size();
        block_modes_ = statement.bearing == nullptr ? "" : statement.bearing->begin_modes;
        return std::nullopt;
      case Control::kCommit:
        // Without a BEGIN there is nothing to end, as in psql.
        if (block_line_ == 0) {
          ends_a_tools_transaction_ = true;
        } else {
          EndBlock();
        }
        return std::nullopt;
      case Control::kCommitAndChain:
        return "COMMIT AND CHAIN is not understood: write COMMIT and BEGIN";
      case Control::kRollback:
        return "a ROLLBACK would undo what the history records";
      case Control::kTwoPhase:
        return "a prepared transaction outlives the file";
      case Control::kSavepoint:
      case Control::kNone:
        return TakeOrdinary(statement);
    }
    return std::nullopt;
  }

  void EndBlock() {
    if (migration_.statements.size() > block_begin_) {
      migration_.units.push_back(
          {block_begin_, migration_.statements.size(), true, std::move(block_modes_)});
    }
    block_line_ = 0;
    block_closed_ = true;
  }

  // Files of tools with a transaction around each leave it with COMMIT, and give it back with the
  // BEGIN that reaches their end.
  std::optional<std::string> TakeEnd() {
    if (block_line_ == 0) return std::nullopt;
    const bool is_empty = migration_.statements.size() == block_begin_;
    if (!is_empty && !ends_a_tools_transaction_) {
      return "a BEGIN without a COMMIT: nothing of the file would be kept";
    }
    EndBlock();
    return std::nullopt;
  }

  std::optional<std::string> TakeOrdinary(Statement statement) {
    if (statement.bearing != nullptr) TakeBearing(*statement.bearing, statement);
    const bool outside = !statement.outside.empty();
    if (block_line_ != 0) {
      if (outside) {
        return fmt::format("{} cannot run inside the transaction block of line {}",
                           statement.outside, block_line_);
      }
    } else {
      const size_t at = migration_.statements.size();
      const bool bare = outside || script_.no_transaction;
      migration_.units.push_back({at, at + 1, !bare, ""});
      if (block_closed_) has_blocks_ = true;
      has_outside_ = has_outside_ || outside;
    }
    migration_.statements.push_back(std::move(statement));
    return std::nullopt;
  }

  void TakeBearing(const sql::Bearing& bearing, Statement& statement) {
    procedures_.See(bearing);
    if (!bearing.calls.empty() && procedures_.Has(bearing.calls)) {
      statement.outside = "CALL of a procedure that commits";
    }
    if (bearing.is_do && procedures_.Ends(bearing.body)) {
      statement.outside = "a DO block that commits";
    }
  }

  const sql::Script& script_;
  CommittingProcedures& procedures_;
  Migration& migration_;
  int block_line_ = 0;  // of the BEGIN that is open; 0 outside of a block
  size_t block_begin_ = 0;
  std::string block_modes_;
  bool block_closed_ = false;
  bool ends_a_tools_transaction_ = false;  // has a COMMIT without a BEGIN
  bool has_blocks_ = false;
  bool has_outside_ = false;
};

}  // namespace

void CommittingProcedures::See(const sql::Bearing& bearing) {
  if (!bearing.creates_procedure.empty() && Ends(bearing.body)) {
    names_.push_back(bearing.creates_procedure);
  }
}

bool CommittingProcedures::Has(const std::string& name) const {
  return std::any_of(names_.begin(), names_.end(),
                     [&](const std::string& known) { return MayBeSame(known, name); });
}

bool CommittingProcedures::Ends(const sql::BodyFacts& body) const {
  return body.ends_transaction || std::any_of(body.calls.begin(), body.calls.end(),
                                              [&](const std::string& name) { return Has(name); });
}

void PlanUnits(const sql::Script& script, CommittingProcedures& procedures, Migration& migration,
               std::vector<core::Problem>& problems) {
  UnitPlanner(script, procedures, migration).Plan(problems);
}

}  // namespace rung::migrate
