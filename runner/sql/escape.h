// What a rollback does not take back. Pure.
#pragma once

#include <string>

namespace rung::sql {

// Why a statement must not be run only to be rolled back: "COPY … PROGRAM runs a program"; empty
// where its text shows no reason. What functions of the database do in turn is not in the text.
std::string ReasonNotToRehearse(const std::string& statement);

}  // namespace rung::sql
