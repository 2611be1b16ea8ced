#include "files/file_name.h"

#include <fmt/format.h>

#include <optional>
#include <regex>

#include "core/visible.h"

namespace rung::files {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kUp = ".up";
constexpr std::string_view kDown = ".down";
constexpr std::string_view kMark = "__";  // between Flyway's version and name

bool IsGoodName(std::string_view name) { return !name.empty() && core::Visible(name) == name; }

// "V1.2__add_org", "U1.2__add_org"
std::optional<FileName> ParseFlyway(std::string_view stem) {
  if (!stem.starts_with('V') && !stem.starts_with('U')) return std::nullopt;
  const size_t mark = stem.find(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  auto version = core::Version::Parse(stem.substr(1, mark - 1));
  const std::string_view name = stem.substr(mark + kMark.size());
  if (!version || !IsGoodName(name)) return std::nullopt;
  return FileName{NameStyle::kFlyway, *std::move(version), std::string(name),
                  stem.starts_with('U')};
}

// "024_add_org", and with `up_and_down` also "024_add_org.up".
std::optional<FileName> ParseDigits(std::string_view stem, bool up_and_down) {
  const size_t underscore = stem.find_first_not_of(kDigits);
  if (underscore == std::string_view::npos || stem[underscore] != '_') return std::nullopt;
  auto version = core::Version::Parse(stem.substr(0, underscore));
  std::string_view name = stem.substr(underscore + 1);
  const bool is_up = up_and_down && name.ends_with(kUp);
  const bool is_down = up_and_down && name.ends_with(kDown);
  if (is_up) name.remove_suffix(kUp.size());
  if (is_down) name.remove_suffix(kDown.size());
  if (!version || !IsGoodName(name)) return std::nullopt;
  return FileName{is_up || is_down ? NameStyle::kUpDown : NameStyle::kNumbered, *std::move(version),
                  std::string(name), is_down};
}

// Why rung has no place for what Flyway knows by this name.
std::string WhyNotFlyway(const std::string& stem, std::string_view extension) {
  static const std::regex kRepeatable("R__.*");
  static const std::regex kBaseline("B[0-9][0-9._]*__.*");
  static const std::regex kCallback(
      "((before|after)(Each)?(Migrate|Versioned|Repeatables|Undo|Clean|Info|Validate|Baseline|"
      "Repair|Connect|Deploy)[A-Za-z]*|createSchema)(__.*)?");
  const std::string form = FormOf(NameStyle::kFlyway, extension);
  if (std::regex_match(stem, kRepeatable)) {
    return fmt::format("a repeatable migration of Flyway's: a file is run once here, make it {}",
                       form);
  }
  if (std::regex_match(stem, kBaseline)) {
    return fmt::format(
        "a baseline migration of Flyway's: a ladder begins with its first file, make it {}", form);
  }
  if (std::regex_match(stem, kCallback)) {
    return fmt::format("a callback of Flyway's: nothing runs around migrations here, make it {}",
                       form);
  }
  return "";
}

}  // namespace

std::variant<FileName, Misnamed> ParseFileName(std::string_view file_name,
                                               std::string_view extension) {
  const std::string_view stem = file_name.substr(0, file_name.size() - extension.size());
  if (auto flyway = ParseFlyway(stem)) return *std::move(flyway);
  if (auto digits = ParseDigits(stem, extension == ".sql")) return *std::move(digits);
  return Misnamed{WhyNotFlyway(std::string(stem), extension)};
}

std::string FormOf(NameStyle style, std::string_view extension) {
  switch (style) {
    case NameStyle::kNumbered:
      return fmt::format("<digits>_<name>{}", extension);
    case NameStyle::kFlyway:
      return fmt::format("V<version>__<name>{}", extension);
    case NameStyle::kUpDown:
      return fmt::format("<digits>_<name>{}{}", kUp, extension);
  }
  return "";
}

std::string WriteFileName(NameStyle style, const core::Version& version, std::string_view name,
                          std::string_view extension) {
  switch (style) {
    case NameStyle::kNumbered:
      return fmt::format("{}_{}{}", version.text(), name, extension);
    case NameStyle::kFlyway:
      return fmt::format("V{}{}{}{}", version.text(), kMark, name, extension);
    case NameStyle::kUpDown:
      return fmt::format("{}_{}{}{}", version.text(), name, kUp, extension);
  }
  return "";
}

}  // namespace rung::files
