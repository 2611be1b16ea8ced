#include "core/redactor.h"

#include <algorithm>

namespace rung::core {
namespace {

constexpr std::string_view kStars = "***";
constexpr std::string_view kBlanks = " \t\r\n";

// A shorter secret would black out ordinary words; it is still caught where it stands as a
// password.
constexpr size_t kShortestReplaced = 4;

void ReplaceAll(std::string& text, std::string_view secret) {
  for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += kStars.size()) {
    text.replace(at, secret.size(), kStars);
  }
}

// The password of every scheme://user:password@host; an unescaped @ in it is part of it.
void RedactUrls(std::string& text) {
  for (size_t at = 0; (at = text.find("://", at)) != std::string::npos;) {
    at += 3;
    const size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    const size_t host = text.rfind('@', end);
    const size_t colon = text.find(':', at);
    if (host == std::string::npos || host < at || colon > host) continue;
    text.replace(colon + 1, host - colon - 1, kStars);
  }
}

// The value of every password=value, password='va lue' and PGPASSWORD=value.
void RedactKeyValues(std::string& text, std::string_view key) {
  for (size_t at = 0; (at = text.find(key, at)) != std::string::npos;) {
    at += key.size();
    size_t value = text.find_first_not_of(kBlanks, at);
    if (value == std::string::npos || text[value] != '=') continue;
    value = text.find_first_not_of(kBlanks, value + 1);
    if (value == std::string::npos) return;
    size_t end = value + 1;
    const bool is_quoted = text[value] == '\'';
    const std::string_view ends = is_quoted ? "'" : " \t\r\n&";
    if (!is_quoted) end = value;
    while (end < text.size() && ends.find(text[end]) == std::string_view::npos) {
      end += text[end] == '\\' ? 2 : 1;
    }
    end = std::min(is_quoted ? end + 1 : end, text.size());
    text.replace(value, end - value, kStars);
    at = value + kStars.size();
  }
}

}  // namespace

void Redactor::Add(std::string_view secret) {
  if (secret.size() < kShortestReplaced) return;
  secrets_.emplace_back(secret);
  std::sort(secrets_.begin(), secrets_.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string Redactor::Redact(std::string_view text) const {
  std::string redacted(text);
  for (const std::string& secret : secrets_) ReplaceAll(redacted, secret);
  RedactUrls(redacted);
  RedactKeyValues(redacted, "password");
  RedactKeyValues(redacted, "PASSWORD");
  return redacted;
}

}  // namespace rung::core
