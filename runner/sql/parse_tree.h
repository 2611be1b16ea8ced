// PostgreSQL's own parser (libpg_query) behind one door: a parse tree that frees itself, and a walk
// over all of its nodes.
#pragma once

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "sql/syntax_error.h"

namespace rung::sql {

struct FreeParseResult {
  void operator()(PgQuery__ParseResult* result) const;
};
using ParseTree = std::unique_ptr<PgQuery__ParseResult, FreeParseResult>;

// Shape:  text is UTF-8 without NUL.
std::variant<ParseTree, SyntaxError> Parse(const std::string& text);

// The tree of a text that is one statement; nullptr for any other.
ParseTree ParseOne(const std::string& text);

// Calls `visit` for every message of the tree, parents first; children of a message for which it
// returns false are passed over.
void Walk(const ProtobufCMessage& message,
          const std::function<bool(const ProtobufCMessage&)>& visit);

// The message as a T, where that is what it is; else nullptr.
template <typename T>
const T* As(const ProtobufCMessage& message, const ProtobufCMessageDescriptor& descriptor) {
  return message.descriptor == &descriptor ? reinterpret_cast<const T*>(&message) : nullptr;
}

// Is this option given, and not as false?
bool HasOption(size_t count, PgQuery__Node* const* options, std::string_view name);

// An option without a value is on.
bool IsOn(const PgQuery__DefElem& option);

}  // namespace rung::sql
