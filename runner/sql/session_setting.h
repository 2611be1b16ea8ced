// Whether a statement leaves something set in its session: what a file has to be given again when
// it goes on in another one. Pure.
#pragma once

#include <string>
#include <string_view>

namespace rung::sql {

// SET, SET SESSION, SET ROLE, SET SESSION AUTHORIZATION, RESET, and a SELECT of nothing but
// set_config(…, false). Not SET LOCAL, which ends with its transaction.
// Shape:  one statement; false for a text that does not parse.
bool IsSessionSetting(const std::string& text);

// Any SET: it takes no snapshot, so that the modes of a transaction can still be set behind it.
// Shape:  a statement's first line of SQL.
bool IsSet(std::string_view head);

// Whether it may make the transactions behind it read only.
bool MaySetReadOnly(std::string_view text);

}  // namespace rung::sql
