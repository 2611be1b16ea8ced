#include "sql/column_default.h"

#include <algorithm>
#include <iterator>

#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

template <size_t kCount>
bool IsAmong(const std::string_view (&names)[kCount], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool IsSerial(std::string_view type) {
  static constexpr std::string_view kSerials[] = {"bigserial", "serial",  "serial2",
                                                  "serial4",   "serial8", "smallserial"};
  return IsAmong(kSerials, type);
}

// Types of PostgreSQL's own that a parse tree names without pg_catalog.
bool IsOwnType(std::string_view type) {
  static constexpr std::string_view kTypes[] = {
      "box",       "bpchar",   "bytea",     "cidr",      "circle",    "citext",      "date",
      "daterange", "float4",   "float8",    "geography", "geometry",  "hstore",      "inet",
      "int2",      "int4",     "int4range", "int8",      "int8range", "json",        "jsonb",
      "jsonpath",  "line",     "lseg",      "macaddr",   "macaddr8",  "money",       "name",
      "numrange",  "oid",      "path",      "pg_lsn",    "point",     "polygon",     "regclass",
      "text",      "tsquery",  "tsrange",   "tstzrange", "tsvector",  "uuid",        "varchar",
      "vector",    "xml",      "bool",      "numeric",   "timestamp", "timestamptz", "time",
      "timetz",    "interval", "bit",       "varbit"};
  return IsAmong(kTypes, type);
}

bool IsVolatile(std::string_view function) {
  static constexpr std::string_view kVolatile[] = {"clock_timestamp",
                                                   "gen_random_bytes",
                                                   "gen_random_uuid",
                                                   "nextval",
                                                   "pg_sleep",
                                                   "random",
                                                   "setval",
                                                   "timeofday",
                                                   "uuid_generate_v1",
                                                   "uuid_generate_v1mc",
                                                   "uuid_generate_v4",
                                                   "uuidv4",
                                                   "uuidv7"};
  return IsAmong(kVolatile, function);
}

bool IsSteady(std::string_view function) {
  static constexpr std::string_view kSteady[] = {"abs",
                                                 "array_fill",
                                                 "btrim",
                                                 "cardinality",
                                                 "concat",
                                                 "concat_ws",
                                                 "current_setting",
                                                 "current_user",
                                                 "date_trunc",
                                                 "decode",
                                                 "encode",
                                                 "format",
                                                 "jsonb_build_array",
                                                 "jsonb_build_object",
                                                 "left",
                                                 "length",
                                                 "lower",
                                                 "make_interval",
                                                 "md5",
                                                 "now",
                                                 "replace",
                                                 "right",
                                                 "round",
                                                 "session_user",
                                                 "statement_timestamp",
                                                 "timezone",
                                                 "to_char",
                                                 "to_json",
                                                 "to_jsonb",
                                                 "to_timestamp",
                                                 "transaction_timestamp",
                                                 "trim",
                                                 "upper",
                                                 "json_build_object",
                                                 "date_part",
                                                 "extract"};
  return IsAmong(kSteady, function);
}

void LookAtDefault(const PgQuery__Node& expression, ColumnFacts& facts) {
  const bool is_null =
      expression.node_case == PG_QUERY__NODE__NODE_A_CONST && expression.a_const->isnull;
  facts.has_default = !is_null;
  Walk(expression.base, [&](const ProtobufCMessage& node) {
    const auto* call = As<PgQuery__FuncCall>(node, pg_query__func_call__descriptor);
    if (call == nullptr) return true;
    const std::string_view last = call->funcname[call->n_funcname - 1]->string->sval;
    std::string name;
    for (size_t i = 0; i < call->n_funcname; ++i) {
      name += (i == 0 ? "" : ".") + std::string(call->funcname[i]->string->sval);
    }
    if (IsVolatile(last)) {
      facts.has_volatile_default = true;
    } else if (!IsSteady(last)) {
      facts.unknown_functions.push_back(name);
    }
    return true;
  });
}

}  // namespace

ColumnFacts LookAtColumn(const PgQuery__ColumnDef& column) {
  ColumnFacts facts;
  if (column.type_name != nullptr) {
    facts.type = ShapeOf(*column.type_name);
    facts.is_identity = IsSerial(facts.type.name);
    facts.may_be_domain = !facts.is_identity && !facts.type.is_array && !IsOwnType(facts.type.name);
  }
  for (size_t i = 0; i < column.n_constraints; ++i) {
    if (column.constraints[i]->node_case != PG_QUERY__NODE__NODE_CONSTRAINT) continue;
    const PgQuery__Constraint& constraint = *column.constraints[i]->constraint;
    switch (constraint.contype) {
      case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
        facts.is_identity = true;
        break;
      case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
        facts.is_stored = true;
        break;
      case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
      case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        facts.is_not_null = true;
        break;
      case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        LookAtDefault(*constraint.raw_expr, facts);
        break;
      default:
        break;
    }
    facts.constraints.push_back(&constraint);
  }
  return facts;
}

}  // namespace rung::sql
