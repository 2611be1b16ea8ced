// Where Clerk is. Pure.
#pragma once

#include <optional>
#include <string>

namespace rung::clerk {

// "https://api.clerk.com", or what CLERK_API_URL says: the same, or a stand-in on this machine. The key goes
// nowhere else.
// Shape:  scheme, host and port, without a path.
// Errors: core::Error (kUsage) for any other host, and for http to another machine.
std::string ResolveEndpoint(const std::optional<std::string>& variable);

}  // namespace rung::clerk
