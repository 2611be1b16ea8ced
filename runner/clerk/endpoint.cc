#include "clerk/endpoint.h"

#include <regex>

#include "core/error.h"

namespace rung::clerk {
namespace {

constexpr const char* kClerk = "https://api.clerk.com";

}  // namespace

std::string ResolveEndpoint(const std::optional<std::string>& variable) {
  if (!variable || variable->empty()) return kClerk;
  std::string url = *variable;
  while (url.ends_with('/')) url.pop_back();
  static const std::regex kStandIn(R"(https?://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?)");
  if (url == kClerk || std::regex_match(url, kStandIn)) return url;
  throw core::Error(core::Failure::kUsage,
                    core::Problem{"CLERK_API_URL", "is neither Clerk nor this machine", {}},
                    "nothing was sent to Clerk",
                    "unset it: the secret key goes to https://api.clerk.com and nowhere else");
}

}  // namespace rung::clerk
