#include "sql/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>

#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

// Functions that act at once, or somewhere else.
constexpr std::string_view kActing[] = {
    "dblink",
    "dblink_connect",
    "dblink_exec",
    "dblink_send_query",
    "http_delete",
    "http_get",
    "http_post",
    "http_put",
    "lo_export",
    "pg_cancel_backend",
    "pg_create_logical_replication_slot",
    "pg_create_physical_replication_slot",
    "pg_drop_replication_slot",
    "pg_file_write",
    "pg_logical_emit_message",
    "pg_promote",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_stat_reset",
    "pg_switch_wal",
    "pg_terminate_backend",
    "setval",
};

std::string OfFunction(std::string_view name) {
  return name == "setval" ? "setval() is not rolled back"
                          : fmt::format("{}() acts outside of the transaction", name);
}

// A name of theirs in front of a parenthesis, in a body that is a string to the parser.
std::string OfBody(std::string_view body) {
  for (const std::string_view name : kActing) {
    for (size_t at = body.find(name); at != body.npos; at = body.find(name, at + 1)) {
      const char before = at == 0 ? ' ' : body[at - 1];
      const size_t behind = at + name.size();
      const bool is_whole = std::isalnum(static_cast<unsigned char>(before)) == 0 && before != '_';
      if (is_whole && behind < body.size() && body[behind] == '(') return OfFunction(name);
    }
  }
  return "";
}

std::string OfCopy(const PgQuery__CopyStmt& copy) {
  if (copy.is_program) return "COPY … PROGRAM runs a program";
  const bool writes_file = !copy.is_from && *copy.filename != '\0';
  return writes_file ? "COPY … TO writes a file of the server" : "";
}

}  // namespace

std::string ReasonNotToRehearse(const std::string& statement) {
  const ParseTree tree = ParseOne(statement);
  if (tree == nullptr) return "";
  const PgQuery__Node& node = *tree->stmts[0]->stmt;
  if (node.node_case == PG_QUERY__NODE__NODE_COPY_STMT) return OfCopy(*node.copy_stmt);
  if (node.node_case == PG_QUERY__NODE__NODE_DO_STMT) return OfBody(statement);
  const bool only_defines = node.node_case == PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT;
  if (only_defines) return "";
  std::string reason;
  Walk(node.base, [&](const ProtobufCMessage& message) {
    const auto* call = As<PgQuery__FuncCall>(message, pg_query__func_call__descriptor);
    if (call == nullptr) return true;
    const std::string_view name = call->funcname[call->n_funcname - 1]->string->sval;
    if (std::find(std::begin(kActing), std::end(kActing), name) != std::end(kActing)) {
      reason = OfFunction(name);
    }
    return true;
  });
  return reason;
}

}  // namespace rung::sql
