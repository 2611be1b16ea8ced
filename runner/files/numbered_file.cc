#include "files/numbered_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>

#include "core/error.h"
#include "core/visible.h"
#include "files/flyway_settings.h"
#include "files/text_file.h"

namespace rung::files {
namespace {

namespace fs = std::filesystem;
using core::Problem;

core::Error Refused(std::vector<Problem> problems, std::string next) {
  return core::Error(core::Failure::kUsage, std::move(problems), "nothing was run",
                     std::move(next));
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

// Duplicates and mixed widths, found between neighbours of a sorted list. Flyway and golang-migrate
// compare numbers; tools for plain numbered files compare names, where widths tell 10 from 9.
void CheckNumbers(const std::vector<NumberedFile>& files, std::vector<Problem>& problems) {
  for (size_t i = 1; i < files.size(); ++i) {
    const NumberedFile& before = files[i - 1];
    const NumberedFile& file = files[i];
    if (file.version == before.version) {
      problems.push_back(
          {file.path, fmt::format("the number is taken already by {}", before.path), {}});
    } else if (file.style == NameStyle::kNumbered &&
               file.version.width() != files.front().version.width()) {
      problems.push_back(
          {file.path,
           fmt::format("the number has {} digits, but that of {} has {}", file.version.width(),
                       files.front().path, files.front().version.width()),
           {}});
    }
  }
}

// A file of the directory, by its name.
struct Entry {
  fs::path path;
  std::string shown;
  std::variant<FileName, Misnamed> name;

  const FileName* Known() const { return std::get_if<FileName>(&name); }
};

std::vector<Entry> ListEntries(const fs::path& directory, std::string_view extension) {
  std::vector<Entry> entries;
  for (const fs::path& path : ListFiles(directory, extension)) {
    entries.push_back(
        {path, core::Visible(path.string()), ParseFileName(path.filename().string(), extension)});
  }
  return entries;
}

// The first file of the style that most files have; nullptr where no name is understood.
const Entry* FindModel(const std::vector<Entry>& entries) {
  const Entry* model = nullptr;
  ptrdiff_t most = 0;
  for (const NameStyle style : {NameStyle::kNumbered, NameStyle::kFlyway, NameStyle::kUpDown}) {
    const auto has_style = [&](const Entry& entry) {
      return entry.Known() != nullptr && entry.Known()->style == style;
    };
    const ptrdiff_t count = std::count_if(entries.begin(), entries.end(), has_style);
    if (count > most) {
      most = count;
      model = &*std::find_if(entries.begin(), entries.end(), has_style);
    }
  }
  return model;
}

// Judges names in the company of the directory's others.
class NameJudge {
 public:
  NameJudge(const std::vector<Entry>& entries, std::string_view extension)
      : model_(FindModel(entries)), extension_(extension) {
    for (const Entry& entry : entries) {
      const FileName* name = entry.Known();
      if (name != nullptr && !name->leads_back) ups_.insert(name->version);
    }
  }

  std::optional<std::string> FindFault(const Entry& entry) const {
    const FileName* name = entry.Known();
    const NameStyle style = model_ == nullptr ? NameStyle::kNumbered : model_->Known()->style;
    if (name == nullptr) {
      const std::string& why = std::get<Misnamed>(entry.name).why;
      return why.empty()
                 ? fmt::format("the file name is not of the form {}", FormOf(style, extension_))
                 : why;
    }
    if (name->style != style) {
      return fmt::format("named {}, but {} is named {}: a directory has one style",
                         FormOf(name->style, extension_), model_->shown, FormOf(style, extension_));
    }
    if (style == NameStyle::kUpDown && name->leads_back && ups_.count(name->version) == 0) {
      return "a down migration without its up";
    }
    return std::nullopt;
  }

 private:
  const Entry* model_;
  std::string_view extension_;
  std::set<core::Version> ups_;
};

}  // namespace

std::vector<NumberedFile> ReadNumberedFiles(const fs::path& directory, std::string_view extension) {
  std::vector<NumberedFile> files;
  std::vector<Problem> problems;
  const std::vector<Entry> entries = ListEntries(directory, extension);
  const NameJudge judge(entries, extension);
  for (const Entry& entry : entries) {
    if (auto name_fault = judge.FindFault(entry)) {
      problems.push_back({entry.shown, *std::move(name_fault), {}});
      continue;
    }
    const FileName& name = *entry.Known();
    if (name.leads_back) continue;
    std::string fault;
    std::optional<std::string> bytes = FindText(entry.path, fault);
    if (!bytes) {
      problems.push_back({entry.shown, fault, {}});
      continue;
    }
    NumberedFile file{name.version, name.name, entry.shown, *std::move(bytes), name.style, true};
    if (name.style == NameStyle::kFlyway) {
      file.in_transaction = ReadFlywaySettings(entry.path, problems).in_transaction;
    }
    files.push_back(std::move(file));
  }
  std::stable_sort(files.begin(), files.end(),
                   [](const auto& a, const auto& b) { return a.version < b.version; });
  CheckNumbers(files, problems);
  if (!problems.empty()) throw Refused(std::move(problems), "correct the files and run it again");
  return files;
}

}  // namespace rung::files
