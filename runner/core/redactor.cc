#include "core/redactor.h"

#include <algorithm>
#include <regex>

namespace rung::core {
namespace {

// A shorter secret would black out ordinary words; it is still caught where it stands as a password.
constexpr size_t kShortestReplaced = 4;

}  // namespace

void Redactor::Add(std::string_view secret) {
  if (secret.size() < kShortestReplaced) return;
  secrets_.emplace_back(secret);
  std::sort(secrets_.begin(), secrets_.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string Redactor::Redact(std::string_view text) const {
  std::string redacted(text);
  for (const std::string& secret : secrets_) {
    for (size_t at = 0; (at = redacted.find(secret, at)) != std::string::npos; at += 3) {
      redacted.replace(at, secret.size(), "***");
    }
  }
  if (redacted.find("://") != std::string::npos) {
    static const std::regex kUrl(R"((://[^\s:/@]*:)[^\s]*@)");
    redacted = std::regex_replace(redacted, kUrl, "$1***@");
  }
  if (redacted.find("password") != std::string::npos) {
    static const std::regex kKeyValue(R"((password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&]+))");
    redacted = std::regex_replace(redacted, kKeyValue, "$1***");
  }
  return redacted;
}

}  // namespace rung::core
