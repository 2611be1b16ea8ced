// SHA-256 of a file's tokens: equal where only the form differs. Worked out when it is asked for,
// since a file whose bytes are those that were applied needs none.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace rung::migrate {

class TokenChecksum {
 public:
  TokenChecksum(std::string known) : known_(std::move(known)) {}
  TokenChecksum(const char* known) : known_(known) {}
  explicit TokenChecksum(std::shared_ptr<const std::string> text) : text_(std::move(text)) {}

  operator const std::string&() const;

  friend bool operator==(const TokenChecksum& a, const std::string& b) {
    return static_cast<const std::string&>(a) == b;
  }

 private:
  std::shared_ptr<const std::string> text_;
  mutable std::optional<std::string> known_;
};

}  // namespace rung::migrate
