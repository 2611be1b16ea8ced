// Clerk's secret key: where it may come from, what it says of itself, and how little of it is ever shown.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace rung::clerk {

class SecretKey {
 public:
  // Shape:  sk_test_… or sk_live_…
  // Errors: core::Error (kUsage) at `where`, for anything else; without the text.
  SecretKey(const std::string& where, std::string text);

  const std::string& text() const { return text_; }

  // Of a production instance, by its prefix.
  bool is_live() const { return text_.starts_with("sk_live_"); }

  // "sk_test_…f3Qz"
  std::string Shown() const;

 private:
  std::string text_;
};

// The key in the file, else that of the variable CLERK_SECRET_KEY.
// Errors: core::Error (kUsage): neither; a file that others may read, or that is no file of this user's.
SecretKey ReadSecretKey(const std::optional<std::filesystem::path>& file,
                        const std::optional<std::string>& variable);

}  // namespace rung::clerk
