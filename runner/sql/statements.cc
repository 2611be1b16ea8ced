#include "sql/statements.h"

#include <fmt/format.h>

#include <algorithm>

#include "sql/parse_tree.h"
#include "sql/tokens.h"

namespace rung::sql {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

size_t SkipBlanks(std::string_view text, size_t at) {
  while (at < text.size() && IsBlank(text[at])) ++at;
  return at;
}

// Where the first token is: past blanks, `--` comments and nested `/* */` comments.
size_t SkipComments(std::string_view text, size_t at) {
  for (;;) {
    at = SkipBlanks(text, at);
    if (text.substr(at).starts_with("--")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at).starts_with("/*")) {
      int depth = 0;
      do {
        if (text.substr(at).starts_with("/*")) {
          ++depth, at += 2;
        } else if (text.substr(at).starts_with("*/")) {
          --depth, at += 2;
        } else {
          ++at;
        }
      } while (depth > 0 && at < text.size());
    } else {
      return at;
    }
  }
}

bool HasNoTransactionHeader(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    while (!line.empty() && IsBlank(line.back())) line.remove_suffix(1);
    if (line.empty()) continue;
    if (!line.starts_with("--")) return false;
    line.remove_prefix(std::min(line.find_first_not_of("- \t"), line.size()));
    if (!line.starts_with("rung:")) continue;
    line.remove_prefix(5);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line == "no-transaction") return true;
  }
  return false;
}

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

bool DetachesConcurrently(const PgQuery__AlterTableStmt& alter) {
  return std::any_of(alter.cmds, alter.cmds + alter.n_cmds, [](const PgQuery__Node* node) {
    const PgQuery__Node* def = node->alter_table_cmd->def;
    return def != nullptr && def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD &&
           def->partition_cmd->concurrent;
  });
}

// A change of the publications refreshes unless it says otherwise.
bool Refreshes(const PgQuery__AlterSubscriptionStmt& alter) {
  switch (alter.kind) {
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_REFRESH:
      return true;
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_SET_PUBLICATION:
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_ADD_PUBLICATION:
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_DROP_PUBLICATION:
      return std::none_of(alter.options, alter.options + alter.n_options,
                          [](const PgQuery__Node* option) {
                            return std::string_view(option->def_elem->defname) == "refresh" &&
                                   !IsOn(*option->def_elem);
                          });
    default:
      return false;
  }
}

// Source: PreventInTransactionBlock in PostgreSQL 15's source; each tried on a server.
std::string OutsideReason(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      return node.index_stmt->concurrent ? "CREATE INDEX CONCURRENTLY" : "";
    case PG_QUERY__NODE__NODE_DROP_STMT:
      return node.drop_stmt->concurrent ? "DROP INDEX CONCURRENTLY" : "";
    case PG_QUERY__NODE__NODE_REINDEX_STMT: {
      const PgQuery__ReindexStmt& reindex = *node.reindex_stmt;
      if (HasOption(reindex.n_params, reindex.params, "concurrently"))
        return "REINDEX CONCURRENTLY";
      return reindex.relation == nullptr ? "REINDEX of a whole schema or database" : "";
    }
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
      return node.vacuum_stmt->is_vacuumcmd ? "VACUUM" : "";
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
      return node.cluster_stmt->relation == nullptr ? "CLUSTER of all tables" : "";
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      return DetachesConcurrently(*node.alter_table_stmt) ? "DETACH PARTITION CONCURRENTLY" : "";
    case PG_QUERY__NODE__NODE_CREATEDB_STMT:
      return "CREATE DATABASE";
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
      return "DROP DATABASE";
    case PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT:
      return HasOption(node.alter_database_stmt->n_options, node.alter_database_stmt->options,
                       "tablespace")
                 ? "ALTER DATABASE SET TABLESPACE"
                 : "";
    case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
      return "CREATE TABLESPACE";
    case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
      return "DROP TABLESPACE";
    case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
      return "ALTER SYSTEM";
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
      return node.discard_stmt->target == PG_QUERY__DISCARD_MODE__DISCARD_ALL ? "DISCARD ALL" : "";
    case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
      return "CREATE SUBSCRIPTION";
    case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
      return Refreshes(*node.alter_subscription_stmt) ? "ALTER SUBSCRIPTION REFRESH" : "";
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
      return "DROP SUBSCRIPTION";
    default:
      return "";
  }
}

void Classify(const PgQuery__Node& node, Statement& statement) {
  statement.control = ControlOf(node);
  statement.outside = OutsideReason(node);
  if (node.node_case == PG_QUERY__NODE__NODE_INDEX_STMT && node.index_stmt->concurrent) {
    const PgQuery__IndexStmt& index = *node.index_stmt;
    statement.builds =
        ConcurrentIndex{index.relation->schemaname, index.idxname, index.relation->relname};
  }
  statement.locks = FindTableLocks(node);
}

// Cuts statements out of a file in order, counting its lines once.
class Cutter {
 public:
  explicit Cutter(const std::string& file) : file_(file) {}

  // The statement in [begin, end); begin does not go back.
  Statement Cut(size_t begin, size_t end);

 private:
  std::string_view file_;
  size_t counted_ = 0;
  int line_ = 1;
};

Statement Cutter::Cut(size_t begin, size_t end) {
  Statement statement;
  begin = SkipBlanks(file_, begin);
  while (end > begin && IsBlank(file_[end - 1])) --end;
  line_ += LineAt(file_.substr(counted_, begin - counted_), begin - counted_) - 1;
  counted_ = begin;
  statement.text = file_.substr(begin, end - begin);
  statement.line = line_;
  const std::string_view text = statement.text;
  const size_t first_token = SkipComments(text, 0);
  statement.head_line = line_ + LineAt(text, first_token) - 1;
  const std::string_view sql = text.substr(first_token);
  statement.head = std::string(sql.substr(0, std::min(sql.find('\n'), sql.size())));
  while (!statement.head.empty() && IsBlank(statement.head.back())) statement.head.pop_back();
  return statement;
}

std::vector<Statement> CutParsed(const std::string& file, const PgQuery__ParseResult& tree) {
  std::vector<Statement> statements;
  statements.reserve(tree.n_stmts);
  Cutter cutter(file);
  for (size_t i = 0; i < tree.n_stmts; ++i) {
    const PgQuery__RawStmt& raw = *tree.stmts[i];
    const auto begin = static_cast<size_t>(raw.stmt_location);
    const size_t end = raw.stmt_len == 0 ? file.size() : begin + static_cast<size_t>(raw.stmt_len);
    statements.push_back(cutter.Cut(begin, end));
    Classify(*raw.stmt, statements.back());
  }
  return statements;
}

// One piece of a text that is not SQL as a whole may be: a COMMIT has to be seen wherever it
// stands.
void ClassifyAlone(Statement& statement) {
  const auto parsed = Parse(statement.text);
  const auto* tree = std::get_if<ParseTree>(&parsed);
  if (tree != nullptr && (*tree)->n_stmts == 1) Classify(*(*tree)->stmts[0]->stmt, statement);
}

std::vector<Statement> CutScanned(const std::string& file) {
  std::vector<Statement> statements;
  Cutter cutter(file);
  const auto spans = FindStatements(file);
  if (!spans) return {cutter.Cut(0, file.size())};  // an open quote: the server's word
  for (const Span& span : *spans) {
    statements.push_back(cutter.Cut(span.begin, span.end));
    ClassifyAlone(statements.back());
  }
  return statements;
}

}  // namespace

int LineAt(std::string_view text, size_t offset) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(offset), '\n'));
}

std::vector<std::string> ShowLine(std::string_view line_text, int line, size_t column) {
  const std::string margin = fmt::format("{} | ", line);
  std::string pad;
  for (size_t i = 0; i < column && i < line_text.size(); ++i) {
    const bool continues = (static_cast<unsigned char>(line_text[i]) & 0xC0) == 0x80;
    if (!continues) pad += line_text[i] == '\t' ? '\t' : ' ';
  }
  return {margin + std::string(line_text), std::string(margin.size() - 2, ' ') + "| " + pad + "^"};
}

Script SplitStatements(const std::string& text, std::optional<Fault>& fault) {
  Script script;
  script.no_transaction = HasNoTransactionHeader(text);
  const auto parsed = Parse(text);
  if (const auto* error = std::get_if<SyntaxError>(&parsed)) {
    const size_t begin = error->offset == 0 ? 0 : text.rfind('\n', error->offset - 1) + 1;
    const size_t end = std::min(text.find_first_of("\r\n", error->offset), text.size());
    const int line = LineAt(text, error->offset);
    fault = Fault{
        error->message, line,
        ShowLine(std::string_view(text).substr(begin, end - begin), line, error->offset - begin)};
    script.statements = CutScanned(text);
  } else {
    script.statements = CutParsed(text, *std::get<ParseTree>(parsed));
  }
  return script;
}

}  // namespace rung::sql
