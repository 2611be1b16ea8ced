// Schemas that belong to the platform or the server, not to the application: never wiped.
#pragma once

#include <span>
#include <string_view>

namespace rung::reset {

// "auth", "graphql%" …, as SQL's LIKE takes them.
std::span<const std::string_view> PlatformSchemas();

bool IsPlatformSchema(std::string_view schema);

}  // namespace rung::reset
