#include "cli/clerk_account.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "clerk/endpoint.h"

namespace rung::cli {
namespace {

constexpr const char* kVariable = "CLERK_SECRET_KEY";

// Whoever may look at this process's environment later on finds stars.
std::optional<std::string> TakeVariable() {
  char* value = std::getenv(kVariable);
  if (value == nullptr) return std::nullopt;
  std::string text = value;
  std::fill(value, value + std::strlen(value), '*');
  unsetenv(kVariable);
  return text;
}

}  // namespace

clerk::SecretKey TakeClerkKey(Program& program) {
  const std::optional<std::string> variable = TakeVariable();
  // What is no key may still be most of one.
  if (variable && variable->size() > 12) program.console.redactor().Add(*variable);
  clerk::SecretKey key = clerk::ReadSecretKey(program.options.clerk_key_file, variable);
  program.console.redactor().Add(key.text());
  return key;
}

std::string ReadClerkEndpoint() {
  const char* url = std::getenv("CLERK_API_URL");
  return clerk::ResolveEndpoint(url == nullptr ? std::nullopt : std::optional<std::string>(url));
}

}  // namespace rung::cli
