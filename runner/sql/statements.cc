#include "sql/statements.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sql/no_transaction.h"
#include "sql/outside_transaction.h"
#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

Control ControlOf(const PgQuery__Node& node) {
  if (node.node_case != PG_QUERY__NODE__NODE_TRANSACTION_STMT) return Control::kNone;
  switch (node.transaction_stmt->kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
      return Control::kBegin;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
      return node.transaction_stmt->chain ? Control::kCommitAndChain : Control::kCommit;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
      return Control::kRollback;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
      return Control::kSavepoint;
    default:
      return Control::kTwoPhase;
  }
}

// "app.status", of the parts of a name.
std::string NameOf(size_t count, PgQuery__Node* const* parts) {
  std::string name;
  for (const PgQuery__Node* part : std::vector(parts, parts + count)) {
    if (part->node_case != PG_QUERY__NODE__NODE_STRING) continue;
    name += (name.empty() ? "" : ".") + std::string(part->string->sval);
  }
  return name;
}

// "ISOLATION LEVEL SERIALIZABLE, READ ONLY", of BEGIN's options.
std::string ModesOf(const PgQuery__TransactionStmt& begin) {
  std::string modes;
  for (size_t i = 0; i < begin.n_options; ++i) {
    const PgQuery__DefElem& option = *begin.options[i]->def_elem;
    const PgQuery__AConst& value = *option.arg->a_const;
    const std::string_view name = option.defname;
    const bool is_on = value.val_case == PG_QUERY__A__CONST__VAL_IVAL && value.ival->ival != 0;
    modes += modes.empty() ? "" : ", ";
    if (name == "transaction_isolation") {
      modes += std::string("ISOLATION LEVEL ") + value.sval->sval;
    } else if (name == "transaction_read_only") {
      modes += is_on ? "READ ONLY" : "READ WRITE";
    } else {
      modes += is_on ? "DEFERRABLE" : "NOT DEFERRABLE";
    }
  }
  return modes;
}

std::shared_ptr<const Bearing> BearingOf(const PgQuery__Node& node) {
  Bearing bearing;
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
      bearing.begin_modes = ModesOf(*node.transaction_stmt);
      if (bearing.begin_modes.empty()) return nullptr;
      break;
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
      if (*node.alter_enum_stmt->old_val != '\0') return nullptr;  // RENAME VALUE
      bearing.adds_value = node.alter_enum_stmt->new_val;
      break;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
      if (!node.create_function_stmt->is_procedure) return nullptr;
      bearing.creates_procedure =
          NameOf(node.create_function_stmt->n_funcname, node.create_function_stmt->funcname);
      bearing.body = ReadBody(node);
      break;
    case PG_QUERY__NODE__NODE_CALL_STMT:
      bearing.calls =
          NameOf(node.call_stmt->funccall->n_funcname, node.call_stmt->funccall->funcname);
      break;
    case PG_QUERY__NODE__NODE_DO_STMT:
      bearing.is_do = true;
      bearing.body = ReadBody(node);
      break;
    default:
      return nullptr;
  }
  return std::make_shared<const Bearing>(std::move(bearing));
}

// Can the parser say something of this statement that matters here? Each of them has one of these
// words outside of quotes.
bool IsWorthParsing(const Segment& segment) {
  constexpr uint32_t kFirst = kWordAbort | kWordBegin | kWordCall | kWordCommit | kWordDo |
                              kWordEnd | kWordPrepare | kWordRelease | kWordRollback |
                              kWordSavepoint | kWordStart;
  constexpr uint32_t kAnywhere = kWordCluster | kWordConcurrently | kWordDatabase | kWordDiscard |
                                 kWordReindex | kWordSubscription | kWordSystem | kWordTablespace |
                                 kWordVacuum | kWordStandardConformingStrings;
  if ((segment.first_word & kFirst) != 0 || (segment.words & kAnywhere) != 0) return true;
  if (segment.first_word == kWordAlter) return (segment.words & kWordValue) != 0;
  if (segment.first_word == kWordCreate) {
    return (segment.words & kWordProcedure) != 0;
  }
  return false;
}

// What `SET standard_conforming_strings` sets; nullopt for any other statement.
std::optional<bool> SetsConformingStrings(const PgQuery__Node& node) {
  if (node.node_case != PG_QUERY__NODE__NODE_VARIABLE_SET_STMT) return std::nullopt;
  const PgQuery__VariableSetStmt& set = *node.variable_set_stmt;
  if (std::string_view(set.name) != "standard_conforming_strings" || set.n_args != 1 ||
      set.args[0]->node_case != PG_QUERY__NODE__NODE_A_CONST) {
    return std::nullopt;
  }
  const PgQuery__AConst& value = *set.args[0]->a_const;
  if (value.val_case == PG_QUERY__A__CONST__VAL_IVAL) return value.ival->ival != 0;
  if (value.val_case != PG_QUERY__A__CONST__VAL_SVAL) return true;
  std::string word = value.sval->sval;
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word != "off" && word != "false" && word != "no" && word != "0";
}

// Makes statements of segments, in the order of the file.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text), segmenter_(text) {}

  Script Split() {
    script_.no_transaction = AsksForNoTransaction(text_);
    for (Segment segment; segmenter_.Next(segment);) {
      Statement statement = Cut(segment);
      if (IsWorthParsing(segment)) Classify(statement);
      TakeBackslash(segment, statement);
      script_.statements.push_back(std::move(statement));
    }
    script_.faults.insert(script_.faults.end(), segmenter_.faults().begin(),
                          segmenter_.faults().end());
    if (segmenter_.is_left_open()) PlaceOpenQuote();
    std::stable_sort(script_.faults.begin(), script_.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.line < b.line; });
    return std::move(script_);
  }

 private:
  std::string_view Part(const Span& span) const {
    return text_.substr(span.begin, span.end - span.begin);
  }

  Statement Cut(const Segment& segment) {
    Statement statement;
    statement.text = Part(segment.text);
    if (segment.data) statement.data = Part(*segment.data);
    statement.line = segmenter_.LineOf(segment.text.begin);
    statement.head_line = segmenter_.LineOf(segment.first_token);
    statement.head = Part({segment.first_token, segment.text.end});
    statement.head = statement.head.substr(0, statement.head.find('\n'));
    while (!statement.head.empty() &&
           std::isspace(static_cast<unsigned char>(statement.head.back())) != 0) {
      statement.head.remove_suffix(1);
    }
    return statement;
  }

  void Classify(Statement& statement) {
    const ParseTree tree = ParseOne(std::string(statement.text));
    if (tree == nullptr) return;
    const PgQuery__Node& node = *tree->stmts[0]->stmt;
    statement.control = ControlOf(node);
    statement.outside = ReasonToStayOutside(node);
    statement.bearing = BearingOf(node);
    if (const auto conforming = SetsConformingStrings(node)) {
      conforming_ = *conforming;
      conforming_line_ = statement.head_line;
    }
  }

  // A quote too many turns all later text inside out: where the grammar stumbles over that, it is
  // nearer to the place than the quote that is left open at the end.
  void PlaceOpenQuote() {
    if (script_.statements.empty()) return;
    const auto fault = FindSyntaxFault({script_.statements.back()});
    if (fault && fault->what.starts_with("syntax error")) script_.faults.back() = *fault;
  }

  void TakeBackslash(const Segment& segment, Statement& statement) {
    if (!segment.plain_backslash || conforming_ == true) return;
    statement.plain_backslash = true;
    if (!conforming_.has_value()) return;
    script_.faults.push_back({fmt::format("a backslash in a '…' literal, and line {} has set "
                                          "standard_conforming_strings off: write E'…'",
                                          conforming_line_),
                              statement.head_line,
                              {std::string(statement.head)}});
  }

  std::string_view text_;
  Segmenter segmenter_;
  Script script_;
  std::optional<bool> conforming_;  // what the file has set
  int conforming_line_ = 0;
};

}  // namespace

int Statement::DataLine() const {
  if (!data) return line;
  const std::string_view before(text.data(), static_cast<size_t>(data->data() - text.data()));
  return line + LineAt(before, before.size()) - 1;
}

Script SplitStatements(std::string_view text) { return Splitter(text).Split(); }

Fault ShowSyntaxError(const Statement& statement, const SyntaxError& error) {
  const std::string_view text = statement.text;
  const size_t begin = error.offset == 0 ? 0 : text.rfind('\n', error.offset - 1) + 1;
  const size_t end = std::min(text.find_first_of("\r\n", error.offset), text.size());
  const int line = statement.line + LineAt(text, error.offset) - 1;
  // The scanner quotes all that is left of the text.
  const size_t message_end = error.message.find('\n');
  return Fault{
      error.message.substr(0, message_end) + (message_end == std::string::npos ? "" : " …"), line,
      ShowLine(text.substr(begin, end - begin), line, error.offset - begin)};
}

std::optional<Fault> FindSyntaxFault(const std::vector<Statement>& statements) {
  for (const Statement& statement : statements) {
    const auto parsed = Parse(std::string(statement.text));
    const auto* error = std::get_if<SyntaxError>(&parsed);
    if (error != nullptr) return ShowSyntaxError(statement, *error);
  }
  return std::nullopt;
}

std::optional<ConcurrentIndex> FindConcurrentIndex(std::string_view statement) {
  const ParseTree tree = ParseOne(std::string(statement));
  if (tree == nullptr) return std::nullopt;
  const PgQuery__Node& node = *tree->stmts[0]->stmt;
  if (node.node_case != PG_QUERY__NODE__NODE_INDEX_STMT || !node.index_stmt->concurrent) {
    return std::nullopt;
  }
  const PgQuery__IndexStmt& index = *node.index_stmt;
  return ConcurrentIndex{index.relation->schemaname, index.idxname, index.relation->relname};
}

}  // namespace rung::sql
