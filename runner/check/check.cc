#include "check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "sql/parse_tree.h"

namespace rung::check {
namespace {

bool IsOfClerk(std::string_view rule) {
  return rule == "auth-uid-with-clerk" || rule == "clerk-id-as-uuid";
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool IsSupabaseRole(std::string_view role) {
  return role == "anon" || role == "authenticated" || role == "service_role";
}

// Is a node what only a Supabase project has?
bool IsOfSupabase(const ProtobufCMessage& node) {
  if (const auto* role = sql::As<PgQuery__RoleSpec>(node, pg_query__role_spec__descriptor)) {
    return IsSupabaseRole(role->rolename);
  }
  if (const auto* table = sql::As<PgQuery__RangeVar>(node, pg_query__range_var__descriptor)) {
    return std::string_view(table->schemaname) == "auth" &&
           std::string_view(table->relname) == "users";
  }
  const auto* call = sql::As<PgQuery__FuncCall>(node, pg_query__func_call__descriptor);
  if (call == nullptr || call->n_funcname != 2) return false;
  const std::string_view name = call->funcname[1]->string->sval;
  return std::string_view(call->funcname[0]->string->sval) == "auth" &&
         (name == "uid" || name == "jwt" || name == "role");
}

}  // namespace

void Checker::AddProblem(std::string_view rule, const core::Problem& problem) {
  Finding finding{FindRule(rule), problem.where, 0, problem.what, problem.excerpt};
  const size_t colon = problem.where.rfind(':');
  const std::string line = colon == std::string::npos ? "" : problem.where.substr(colon + 1);
  const bool is_line =
      !line.empty() && line.size() < 10 &&
      std::all_of(line.begin(), line.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (is_line) {
    finding.path.resize(colon);
    finding.line = std::stoi(line);
  }
  problems_.push_back(std::move(finding));
}

void Checker::Look(const File& file) {
  const size_t number = seen_.size();
  seen_.push_back({file.path, !settings_.from || file.version >= *settings_.from, {}, {}});
  Seen& seen = seen_.back();
  for (const sql::Statement& statement : file.statements) seen.lines.push_back(statement.head_line);
  if (seen.is_judged) seen.allows = FindAllows(file.text, file.statements);
  state_ = FileState();
  for (size_t block = 0; block < file.blocks.size(); ++block) {
    for (size_t i = file.blocks[block].begin; i < file.blocks[block].end; ++i) {
      LookAt(file, i, file.blocks[block], block);
    }
  }
  LookAtFileEnd(known_, number, [&](std::string_view rule, const Place& place, std::string what) {
    Add(place.file, rule, place.statement, std::move(what));
  });
}

void Checker::LookAt(const File& file, size_t i, const Block& block, size_t block_number) {
  const sql::Statement& statement = file.statements[i];
  const size_t number = seen_.size() - 1;
  const auto parsed = sql::Parse(std::string(statement.text));
  if (const auto* error = std::get_if<sql::SyntaxError>(&parsed)) {
    const sql::Fault fault = sql::ShowSyntaxError(statement, *error);
    const size_t count = found_.size();
    Add(number, "syntax-error", i, fault.what);
    if (found_.size() == count) return;
    found_.back().finding.line = fault.line;
    found_.back().finding.excerpt = fault.excerpt;
    return;
  }
  const sql::ParseTree& tree = std::get<sql::ParseTree>(parsed);
  if (tree->n_stmts != 1) return;
  const PgQuery__Node& node = *tree->stmts[0]->stmt;
  const Place place{number, i, block_number};
  Recognize(node, statement.text.substr(
                      static_cast<size_t>(statement.head.data() - statement.text.data())));
  if (seen_.back().is_judged) {
    const std::vector<sql::TableWork> work = sql::FindTableWork(node);
    const At at{node, statement, work, place, block.in_transaction, known_, state_};
    const Report report = [&](std::string_view rule, std::string what) {
      Add(number, rule, i, std::move(what));
    };
    LookAtIndexes(at, report);
    LookAtColumns(at, report);
    LookAtConstraints(at, report);
    LookAtBreakage(at, report);
    LookAtTransactions(at, report);
    LookAtTypes(at, report);
    LookAtPolicies(at, report);
    LookAtExposure(at, report);
  }
  known_.See(node, place);
}

// A word in a comment makes no Supabase project, so the tree is asked; not of every statement.
void Checker::Recognize(const PgQuery__Node& node, std::string_view text) {
  if (!looks_like_clerk_) looks_like_clerk_ = Has(text, "clerk") || Has(text, "Clerk");
  if (looks_like_supabase_) return;
  if (!Has(text, "auth.") && !Has(text, "anon") && !Has(text, "authenticated") &&
      !Has(text, "service_role")) {
    return;
  }
  sql::Walk(node.base, [&](const ProtobufCMessage& message) {
    looks_like_supabase_ = looks_like_supabase_ || IsOfSupabase(message);
    return !looks_like_supabase_;
  });
}

void Checker::Add(size_t file, std::string_view rule, size_t statement, std::string what) {
  const Seen& seen = seen_[file];
  if (!seen.is_judged || IsAllowed(seen.allows, rule, statement)) return;
  found_.push_back({{FindRule(rule), seen.path, seen.lines[statement], std::move(what), {}}, file});
}

void Checker::JudgeAllows(const Seen& seen, size_t file) {
  for (const Allow& allow : seen.allows) {
    if (allow.is_foreign) continue;
    const bool is_known = FindRule(allow.rule) != nullptr;
    if (is_known && allow.is_used) continue;
    Finding finding{FindRule(is_known ? "unused-allow" : "unknown-rule"),
                    seen.path,
                    allow.line,
                    is_known ? fmt::format("nothing here is found by {}", allow.rule)
                             : fmt::format("no rule is called {}", allow.rule),
                    {}};
    found_.push_back({std::move(finding), file});
  }
}

std::vector<Finding> Checker::Finish() {
  LookAtLadderEnd(known_, [&](std::string_view rule, const Place& place, std::string what) {
    Add(place.file, rule, place.statement, std::move(what));
  });
  for (size_t file = 0; file < seen_.size(); ++file) JudgeAllows(seen_[file], file);
  const bool is_supabase = settings_.is_supabase || looks_like_supabase_;
  std::erase_if(found_, [&](const Found& one) {
    const Rule& rule = *one.finding.rule;
    return (rule.pack == Pack::kSupabase && !is_supabase) ||
           (IsOfClerk(rule.name) && !looks_like_clerk_);
  });
  std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
    return std::pair(a.file, a.finding.line) < std::pair(b.file, b.finding.line);
  });
  std::vector<Finding> findings = std::move(problems_);
  for (Found& one : found_) findings.push_back(std::move(one.finding));
  return findings;
}

}  // namespace rung::check
