#include "sql/parse_tree.h"

#include <algorithm>
#include <utility>

#include "core/utf8.h"

namespace rung::sql {

void FreeParseResult::operator()(PgQuery__ParseResult* result) const {
  pg_query__parse_result__free_unpacked(result, nullptr);
}

std::variant<ParseTree, SyntaxError> Parse(const std::string& text) {
  PgQueryProtobufParseResult result = pg_query_parse_protobuf(text.c_str());
  const std::unique_ptr<PgQueryProtobufParseResult, void (*)(PgQueryProtobufParseResult*)> free(
      &result, [](auto* r) { pg_query_free_protobuf_parse_result(*r); });
  if (result.error != nullptr) {
    const int position = result.error->cursorpos;  // characters, from 1; 0 where it is unknown
    const size_t characters = position > 0 ? static_cast<size_t>(position - 1) : 0;
    return SyntaxError{result.error->message, core::ByteOffset(text, characters)};
  }
  return ParseTree(pg_query__parse_result__unpack(
      nullptr, result.parse_tree.len, reinterpret_cast<const uint8_t*>(result.parse_tree.data)));
}

ParseTree ParseOne(const std::string& text) {
  auto parsed = Parse(text);
  auto* tree = std::get_if<ParseTree>(&parsed);
  return tree != nullptr && (*tree)->n_stmts == 1 ? std::move(*tree) : nullptr;
}

namespace {

template <typename T>
const T& At(const ProtobufCMessage& message, unsigned offset) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(&message) + offset);
}

}  // namespace

void Walk(const ProtobufCMessage& message,
          const std::function<bool(const ProtobufCMessage&)>& visit) {
  if (!visit(message)) return;
  const ProtobufCMessageDescriptor& descriptor = *message.descriptor;
  for (unsigned i = 0; i < descriptor.n_fields; ++i) {
    const ProtobufCFieldDescriptor& field = descriptor.fields[i];
    if (field.type != PROTOBUF_C_TYPE_MESSAGE) continue;
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
      const auto count = At<size_t>(message, field.quantifier_offset);
      const auto* children = At<ProtobufCMessage**>(message, field.offset);
      for (size_t child = 0; child < count; ++child) Walk(*children[child], visit);
      continue;
    }
    const bool of_union = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (of_union && At<uint32_t>(message, field.quantifier_offset) != field.id) continue;
    if (const auto* child = At<ProtobufCMessage*>(message, field.offset)) Walk(*child, visit);
  }
}

bool IsOn(const PgQuery__DefElem& option) {
  if (option.arg == nullptr) return true;
  switch (option.arg->node_case) {
    case PG_QUERY__NODE__NODE_BOOLEAN:
      return option.arg->boolean->boolval;
    case PG_QUERY__NODE__NODE_INTEGER:
      return option.arg->integer->ival != 0;
    case PG_QUERY__NODE__NODE_STRING: {
      const std::string_view value = option.arg->string->sval;
      return value != "false" && value != "off" && value != "0";
    }
    default:
      return true;
  }
}

bool HasOption(size_t count, PgQuery__Node* const* options, std::string_view name) {
  return std::any_of(options, options + count, [&](const PgQuery__Node* option) {
    return option->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
           option->def_elem->defname == name && IsOn(*option->def_elem);
  });
}

}  // namespace rung::sql
