#include "sql/type_shape.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

// The casts between built-in types that change nothing of what is stored.
bool IsKnownCoercible(std::string_view from, std::string_view to) {
  static constexpr std::pair<std::string_view, std::string_view> kSame[] = {
      {"varchar", "text"}, {"text", "varchar"}, {"cidr", "inet"},    {"xml", "text"},
      {"xml", "varchar"},  {"bit", "varbit"},   {"varbit", "bit"},   {"int4", "oid"},
      {"oid", "int4"},     {"oid", "regclass"}, {"regclass", "oid"},
  };
  return std::find(std::begin(kSame), std::end(kSame), std::pair(from, to)) != std::end(kSame);
}

// Do the modifiers of the same type only widen?
bool OnlyWidens(const TypeShape& from, const TypeShape& to) {
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), from.name) != names.end();
  };
  if (from.mods == to.mods) return true;
  const bool is_time = is({"timestamp", "timestamptz", "time", "timetz"});
  if (to.mods.empty()) return is_time || is({"varchar", "varbit", "numeric", "interval"});
  if (is_time) {
    constexpr int kFinest = 6;
    return to.mods[0] == kFinest || (!from.mods.empty() && to.mods[0] >= from.mods[0]);
  }
  if (from.mods.empty()) return false;
  if (is({"varchar", "varbit"})) return to.mods[0] >= from.mods[0];
  if (is({"numeric"})) {
    const auto scale = [](const TypeShape& type) {
      return type.mods.size() > 1 ? type.mods[1] : 0;
    };
    return to.mods[0] >= from.mods[0] && scale(to) == scale(from);
  }
  return false;
}

}  // namespace

TypeShape ShapeOf(const PgQuery__TypeName& type) {
  TypeShape shape;
  for (size_t i = 0; i < type.n_names; ++i) {
    const std::string_view part = type.names[i]->string->sval;
    if (part == "pg_catalog" && type.n_names > 1) continue;
    shape.name += (shape.name.empty() ? "" : ".") + std::string(part);
  }
  for (size_t i = 0; i < type.n_typmods; ++i) {
    const PgQuery__Node& mod = *type.typmods[i];
    const bool is_number = mod.node_case == PG_QUERY__NODE__NODE_A_CONST &&
                           mod.a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL;
    shape.mods.push_back(is_number ? mod.a_const->ival->ival : -1);
  }
  shape.is_array = type.n_array_bounds > 0;
  return shape;
}

std::optional<TypeShape> ReadTypeShape(const std::string& text) {
  const ParseTree tree = ParseOne("SELECT NULL::" + text);
  if (tree == nullptr) return std::nullopt;
  std::optional<TypeShape> shape;
  Walk(tree->base, [&](const ProtobufCMessage& node) {
    const auto* type = As<PgQuery__TypeName>(node, pg_query__type_name__descriptor);
    if (type != nullptr) shape = ShapeOf(*type);
    return true;
  });
  return shape;
}

std::string RegtypeText(const TypeShape& type) {
  std::string text = "\"";
  for (const char c : type.name) {
    if (c == '.') {
      text += "\".\"";
    } else {
      text += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
  }
  return text + '"' + (type.is_array ? "[]" : "");
}

bool KeepsRows(const TypeShape& from, const TypeShape& to, std::optional<bool> is_coercible) {
  if (from == to) return true;
  if (from.is_array != to.is_array) return false;
  if (from.name == to.name) return !to.is_array && OnlyWidens(from, to);
  const bool is_same = is_coercible ? *is_coercible : IsKnownCoercible(from.name, to.name);
  return is_same && to.mods.empty() && to.name != "bpchar" && to.name != "bit";
}

}  // namespace rung::sql
