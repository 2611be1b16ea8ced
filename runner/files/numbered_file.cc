#include "files/numbered_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "core/error.h"
#include "core/utf8.h"
#include "core/visible.h"

namespace rung::files {
namespace {

namespace fs = std::filesystem;
using core::Problem;

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

core::Error Refused(std::vector<Problem> problems, std::string next) {
  return core::Error(core::Failure::kUsage, std::move(problems), "nothing was run",
                     std::move(next));
}

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

// Splits "024_add_org" into number and name; nullopt where it is not of that form.
std::optional<std::pair<core::Version, std::string>> ParseStem(std::string_view stem) {
  const size_t underscore = stem.find('_');
  if (underscore == std::string_view::npos || underscore + 1 == stem.size()) return std::nullopt;
  auto version = core::Version::Parse(stem.substr(0, underscore));
  if (!version) return std::nullopt;
  const std::string_view name = stem.substr(underscore + 1);
  if (core::Visible(name) != name) return std::nullopt;
  return std::pair(*std::move(version), std::string(name));
}

std::optional<std::string> ReadBytes(const fs::path& path, std::string& fault) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    fault = error ? error.message() : "not a regular file";
    return std::nullopt;
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) {
    fault = fmt::format("cannot be read: {}", std::strerror(errno));
    return std::nullopt;
  }
  return bytes;
}

std::vector<fs::path> ListFiles(const fs::path& directory, std::string_view extension) {
  const auto fail = [&](const std::string& what, const std::string& next) {
    return Refused({Problem{directory.string(), what, {}}}, next);
  };
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (!fs::exists(status)) throw fail("no such directory", "name the right directory");
  if (!fs::is_directory(status)) throw fail("not a directory", "name a directory");
  fs::directory_iterator entries(directory, error);
  if (error) throw fail(error.message(), "make the directory readable");
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : entries) {
    const std::string file_name = entry.path().filename().string();
    if (file_name.starts_with('.') || !file_name.ends_with(extension)) continue;
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Duplicates and mixed widths, found between neighbours of a sorted list.
void CheckNumbers(const std::vector<NumberedFile>& files, std::vector<Problem>& problems) {
  for (size_t i = 1; i < files.size(); ++i) {
    const NumberedFile& before = files[i - 1];
    const NumberedFile& file = files[i];
    if (file.version == before.version) {
      problems.push_back(
          {file.path, fmt::format("the number is taken already by {}", before.path), {}});
    } else if (file.version.width() != files.front().version.width()) {
      problems.push_back(
          {file.path,
           fmt::format("the number has {} digits, but that of {} has {}", file.version.width(),
                       files.front().path, files.front().version.width()),
           {}});
    }
  }
}

}  // namespace

std::vector<NumberedFile> ReadNumberedFiles(const fs::path& directory, std::string_view extension) {
  std::vector<NumberedFile> files;
  std::vector<Problem> problems;
  for (const fs::path& path : ListFiles(directory, extension)) {
    const std::string shown = core::Visible(path.string());
    const std::string file_name = path.filename().string();
    const auto stem =
        ParseStem(std::string_view(file_name).substr(0, file_name.size() - extension.size()));
    if (!stem) {
      problems.push_back(
          {shown,
           fmt::format("the file name is not of the form <digits>_<name>{}", extension),
           {}});
      continue;
    }
    std::string fault;
    std::optional<std::string> bytes = ReadBytes(path, fault);
    if (!bytes) {
      problems.push_back({shown, fault, {}});
      continue;
    }
    if (auto text_fault = FindTextFault(*bytes)) {
      problems.push_back({shown, *text_fault, {}});
      continue;
    }
    if (bytes->starts_with(kUtf8Mark)) bytes->erase(0, kUtf8Mark.size());
    files.push_back({stem->first, stem->second, shown, *std::move(bytes)});
  }
  std::stable_sort(files.begin(), files.end(),
                   [](const auto& a, const auto& b) { return a.version < b.version; });
  CheckNumbers(files, problems);
  if (!problems.empty()) throw Refused(std::move(problems), "correct the files and run it again");
  return files;
}

}  // namespace rung::files
