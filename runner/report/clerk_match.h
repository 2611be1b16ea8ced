// Ids and names of two sides that should agree, and almost do. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clerk/objects.h"

namespace rung::report {

// The id of Clerk's that this one would be without its white space and in another case; empty where there
// is none, or where they are equal. They are compared exactly everywhere else: Clerk's ids are case-sensitive.
std::string FindNearMiss(const std::string& id, const std::vector<clerk::Object>& organizations);

// The organizations that a client of this name may be: the same letters and digits first, then those whose
// name begins with the other; three at most.
std::vector<clerk::Object> SuggestOrganizations(const std::string& name,
                                                const std::vector<clerk::Object>& organizations);

}  // namespace rung::report
