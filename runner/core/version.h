// The number of a rung: what a file name starts with. Compared as a number, shown as written.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace rung::core {

class Version {
 public:
  // Shape:  one or more ASCII digits, of any length; Flyway's versions have several such parts,
  //         parted by '.' or '_'. nullopt for anything else.
  static std::optional<Version> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  size_t width() const { return text_.size(); }

  // The next number, padded to the same width; of several parts, the last one counts on.
  Version Next() const;

  // 7, 07 and 007 are equal, and so are 1, 1.0 and 1_0_0; 1.9 is less than 1.10.
  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }

 private:
  explicit Version(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace rung::core
