// Supabase: what a row level security policy says.
#include <fmt/format.h>

#include "check/look.h"
#include "sql/parse_tree.h"

namespace rung::check {
namespace {

// Two-part name of a function: "auth.uid".
std::string NameOf(const PgQuery__FuncCall& call) {
  std::string name;
  for (size_t i = 0; i < call.n_funcname; ++i) {
    name += (i == 0 ? "" : ".") + std::string(call.funcname[i]->string->sval);
  }
  return name;
}

struct Calls {
  std::string per_row;  // one that is made for every row
  bool of_uid = false;
  bool of_user_metadata = false;
};

void Find(const ProtobufCMessage& condition, bool is_inside_select, Calls& calls) {
  sql::Walk(condition, [&](const ProtobufCMessage& node) {
    if (const auto* select =
            sql::As<PgQuery__SelectStmt>(node, pg_query__select_stmt__descriptor)) {
      if (is_inside_select) return true;
      // Without FROM it is computed once.
      Find(node, select->n_from_clause == 0, calls);
      return false;
    }
    if (const auto* call = sql::As<PgQuery__FuncCall>(node, pg_query__func_call__descriptor)) {
      const std::string name = NameOf(*call);
      if (name == "auth.uid") calls.of_uid = true;
      const bool is_steady = name == "auth.uid" || name == "auth.jwt" || name == "auth.role" ||
                             name == "auth.email" || name == "current_setting";
      if (is_steady && !is_inside_select) calls.per_row = name;
    }
    if (const auto* text = sql::As<PgQuery__AConst>(node, pg_query__a__const__descriptor)) {
      if (text->val_case == PG_QUERY__A__CONST__VAL_SVAL) {
        const std::string_view value = text->sval->sval;
        if (value == "user_metadata" || value.starts_with("{user_metadata")) {
          calls.of_user_metadata = true;
        }
      }
    }
    return true;
  });
}

bool IsTrue(const PgQuery__Node* condition) {
  return condition != nullptr && condition->node_case == PG_QUERY__NODE__NODE_A_CONST &&
         condition->a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL &&
         condition->a_const->boolval->boolval;
}

bool IsForServiceRoleOnly(size_t count, PgQuery__Node* const* roles) {
  return count == 1 && std::string_view(roles[0]->role_spec->rolename) == "service_role";
}

void OfConditions(const std::string& policy, const PgQuery__Node* qual, const PgQuery__Node* check,
                  const Report& report) {
  Calls calls;
  if (qual != nullptr) Find(qual->base, false, calls);
  if (check != nullptr) Find(check->base, false, calls);
  if (!calls.per_row.empty()) {
    report("auth-rls-initplan",
           fmt::format("policy {} calls {}() for every row", policy, calls.per_row));
  }
  if (calls.of_user_metadata) {
    report("rls-references-user-metadata", fmt::format("policy {} trusts user_metadata", policy));
  }
  if (calls.of_uid) {
    report("auth-uid-with-clerk", fmt::format("policy {} calls auth.uid()", policy));
  }
}

}  // namespace

void LookAtPolicies(const At& at, const Report& report) {
  if (at.node.node_case == PG_QUERY__NODE__NODE_ALTER_POLICY_STMT) {
    const PgQuery__AlterPolicyStmt& policy = *at.node.alter_policy_stmt;
    OfConditions(policy.policy_name, policy.qual, policy.with_check, report);
    return;
  }
  if (at.node.node_case != PG_QUERY__NODE__NODE_CREATE_POLICY_STMT) return;
  const PgQuery__CreatePolicyStmt& policy = *at.node.create_policy_stmt;
  OfConditions(policy.policy_name, policy.qual, policy.with_check, report);
  const std::string_view command = policy.cmd_name;
  const bool writes = command != "select";
  if (!writes || !policy.permissive || IsForServiceRoleOnly(policy.n_roles, policy.roles)) return;
  if (IsTrue(policy.with_check) || IsTrue(policy.qual)) {
    report("rls-policy-always-true", fmt::format("policy {} lets everybody {}", policy.policy_name,
                                                 command == "all" ? "write" : command));
  }
}

}  // namespace rung::check
