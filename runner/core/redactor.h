// Keeps secrets out of every text that leaves the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rung::core {

class Redactor {
 public:
  // Shape:  the secret as it would appear in a text; the empty string is ignored.
  void Add(std::string_view secret);

  // The text with every secret, and every password that stands in a connection URL or after
  // `password=`, as ***.
  std::string Redact(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;  // longest first
};

}  // namespace rung::core
