// What a person types to say which database is meant. Pure.
#pragma once

#include <string>

#include "pg/target.h"

namespace rung::reset {

// Of a Supabase project its reference, as in db.<reference>.supabase.co or in the user name
// postgres.<reference> of its pooler: there every database is called postgres. Elsewhere the database's
// name.
std::string ProjectReference(const pg::Target& target);

}  // namespace rung::reset
