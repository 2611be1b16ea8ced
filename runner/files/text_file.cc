#include "files/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include "core/error.h"
#include "core/utf8.h"
#include "core/visible.h"

namespace rung::files {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

// The fault of a text, as "byte 17 is NUL"; nullopt for a good one.
std::optional<std::string> FindTextFault(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return "the file is UTF-16 (byte order mark at byte 0), not UTF-8";
  }
  if (const size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
    return fmt::format("byte {} is NUL", nul);
  }
  if (const auto invalid = core::FindInvalidUtf8(bytes)) {
    return fmt::format("byte {} (0x{:02X}) is not valid UTF-8", *invalid,
                       static_cast<unsigned char>(bytes[*invalid]));
  }
  return std::nullopt;
}

// Closes a file that was opened for reading.
struct Descriptor {
  explicit Descriptor(const fs::path& path)
      : number(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  ~Descriptor() {
    if (number >= 0) close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  const int number;
};

// One opening: what is checked is what is read, whoever replaces the file meanwhile.
std::optional<std::string> ReadBytes(const fs::path& path, std::string& fault) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {  // a device or a pipe may act on being opened
    fault = error ? error.message() : "not a regular file";
    return std::nullopt;
  }
  const Descriptor file(path);
  struct stat status {};
  const auto fail = [&] {
    fault = fmt::format("cannot be read: {}", std::strerror(errno));
    return std::nullopt;
  };
  if (file.number < 0 || fstat(file.number, &status) != 0) return fail();
  if (!S_ISREG(status.st_mode)) {
    fault = "not a regular file";
    return std::nullopt;
  }
  std::string bytes(static_cast<size_t>(status.st_size) + 1, '\0');  // one more: to see the end
  size_t size = 0;
  for (;;) {
    const ssize_t got = read(file.number, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail();
    if (got == 0) break;
    size += static_cast<size_t>(got);
    if (size < bytes.size()) break;  // a regular file gives less only at its end
    bytes.resize(size * 2);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::optional<std::string> FindText(const fs::path& path, std::string& fault) {
  std::optional<std::string> bytes = ReadBytes(path, fault);
  if (!bytes) return std::nullopt;
  if (auto text_fault = FindTextFault(*bytes)) {
    fault = *std::move(text_fault);
    return std::nullopt;
  }
  if (bytes->starts_with(kUtf8Mark)) bytes->erase(0, kUtf8Mark.size());
  return bytes;
}

std::string ReadText(const fs::path& path, const std::string& next) {
  std::string fault;
  if (auto text = FindText(path, fault)) return *std::move(text);
  throw core::Error(core::Failure::kUsage,
                    core::Problem{core::Visible(path.string()), std::move(fault), {}},
                    "nothing was run", next);
}

}  // namespace rung::files
