#include "cli/free_name.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace rung::cli {

std::filesystem::path FreeName(const std::string& kind, const std::string& about,
                               const std::string& extension) {
  std::string plain;
  for (const char c : about) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '-';
    plain += is_plain ? c : '-';
  }
  const std::string name =
      fmt::format("rung-{}-{}-{:%Y%m%dT%H%M%SZ}", kind, plain, fmt::gmtime(std::time(nullptr)));
  std::filesystem::path path = name + extension;
  for (int i = 2; std::filesystem::exists(path); ++i) {
    path = fmt::format("{}-{}{}", name, i, extension);
  }
  return path;
}

}  // namespace rung::cli
