#include "clerk/secret_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace rung::clerk {
namespace {

core::Error Refused(std::string where, std::string what, std::string next) {
  return core::Error(core::Failure::kUsage, core::Problem{std::move(where), std::move(what), {}},
                     "nothing was sent to Clerk", std::move(next));
}

bool IsOfAKey(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-' || c == '=' || c == '+' || c == '/';
}

struct Descriptor {
  ~Descriptor() {
    if (number >= 0) close(number);
  }
  int number = -1;
};

// What is checked is what is read, whoever replaces the file meanwhile.
std::string ReadPrivate(const std::filesystem::path& path) {
  const std::string where = path.string();
  Descriptor file;
  file.number = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (file.number < 0 || fstat(file.number, &status) != 0) {
    throw Refused(where, fmt::format("cannot be read: {}", std::strerror(errno)),
                  "name the file of Clerk's secret key");
  }
  if (!S_ISREG(status.st_mode)) {
    throw Refused(where, "not a regular file", "name the file of Clerk's secret key");
  }
  if (status.st_uid != geteuid() || (status.st_mode & 0077) != 0) {
    throw Refused(where, "others may read it, and it has Clerk's secret key",
                  "make it your own alone: chmod 600");
  }
  std::array<char, 1024> buffer{};
  const ssize_t got = read(file.number, buffer.data(), buffer.size());
  std::string text(buffer.data(), static_cast<size_t>(std::max<ssize_t>(got, 0)));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

SecretKey::SecretKey(const std::string& where, std::string text) : text_(std::move(text)) {
  const bool has_prefix = text_.starts_with("sk_test_") || text_.starts_with("sk_live_");
  if (has_prefix && text_.size() > 12 && std::all_of(text_.begin(), text_.end(), IsOfAKey)) return;
  throw Refused(where, "not a secret key of Clerk: those begin with sk_test_ or sk_live_",
                "take it from Clerk's dashboard, API keys");
}

std::string SecretKey::Shown() const {
  return text_.substr(0, 8) + "…" + text_.substr(text_.size() - 4);
}

SecretKey ReadSecretKey(const std::optional<std::filesystem::path>& file,
                        const std::optional<std::string>& variable) {
  if (file) return {file->string(), ReadPrivate(*file)};
  if (variable && !variable->empty()) return {"CLERK_SECRET_KEY", *variable};
  throw Refused("", "there is no secret key of Clerk",
                "set CLERK_SECRET_KEY, or name a file of mode 0600 with --clerk-key-file");
}

}  // namespace rung::clerk
