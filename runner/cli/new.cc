#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "core/error.h"
#include "files/numbered_file.h"
#include "files/sections.h"

namespace rung::cli {
namespace {

namespace fs = std::filesystem;

core::Error Refused(std::string where, std::string what, std::string next) {
  return core::Error(core::Failure::kUsage, core::Problem{std::move(where), std::move(what), {}},
                     "no file was made", std::move(next));
}

constexpr const char* kBackfill = R"(# Runs after migration {0}, before the next one.
description = {1}

[[fill]]
tables = ["table_to_fill"]
from   = "source_table"
match  = "source_table.id = source_id"
set    = {{ target_column = "source_table.source_column" }}
)";

std::vector<files::NumberedFile> ReadExisting(const fs::path& directory, const char* extension) {
  if (!fs::exists(directory)) return {};
  return files::ReadNumberedFiles(directory, extension);
}

// Every line of the text behind "-- ": a carriage return ends a line for PostgreSQL too.
std::string SqlComment(const std::string& text) {
  std::string comment = "-- ";
  for (char c : text) {
    comment += c == '\r' ? '\n' : c;
    if (c == '\n' || c == '\r') comment += "-- ";
  }
  return comment + "\n\n";
}

std::string TomlString(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if ((c >= 0 && c < 0x20) || c == 0x7F) {
      quoted += fmt::format("\\u{:04X}", static_cast<int>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

// The style of a directory's files, else that of the other directory.
files::NameStyle StyleOf(const std::vector<files::NumberedFile>& own,
                         const std::vector<files::NumberedFile>& other) {
  if (!own.empty()) return own.front().style;
  return other.empty() ? files::NameStyle::kNumbered : other.front().style;
}

// A file without the sections that the others have would be refused.
std::string SectionsLike(const std::vector<files::NumberedFile>& migrations) {
  if (migrations.empty()) return "";
  return std::string(files::BlankSections(files::FindSections(migrations.back().bytes).style));
}

std::string NameOf(const std::string& words) {
  std::string name;
  for (char c : words) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || byte >= 0x80) {
      name += static_cast<char>(std::tolower(byte));
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name;
}

void WriteNew(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  if (fs::exists(path)) throw Refused(path.string(), "exists already", "choose another name");
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw Refused(path.string(), std::strerror(errno), "make the directory writable");
}

}  // namespace

int RunNew(Program& program) {
  const Options& options = program.options;
  const auto refuse_usage = [](const std::string& what) {
    return Refused("", what, "see `rung help new`");
  };
  if (options.arguments.size() != 2) throw refuse_usage("`rung new` needs a kind and a name");
  const std::string& kind = options.arguments[0];
  if (kind != "migration" && kind != "backfill") {
    throw refuse_usage(fmt::format("`{}` is neither migration nor backfill", kind));
  }
  const std::string name = NameOf(options.arguments[1]);
  if (name.empty()) throw refuse_usage("a name needs a letter or a digit");

  const auto migrations = ReadExisting(options.migrations, ".sql");
  const auto backfills = ReadExisting(options.backfills, ".toml");
  const core::Version first =
      core::Version::Parse(StyleOf(migrations, backfills) == files::NameStyle::kFlyway ? "1"
                                                                                       : "001")
          .value();
  fs::path path;
  if (kind == "migration") {
    core::Version next = migrations.empty() ? first : migrations.back().version.Next();
    // A backfill that stands higher has its migration's number taken.
    if (!backfills.empty() && next <= backfills.back().version)
      next = backfills.back().version.Next();
    path = options.migrations /
           files::WriteFileName(StyleOf(migrations, backfills), next, name, ".sql");
    WriteNew(path, SqlComment(options.arguments[1]) + SectionsLike(migrations));
  } else {
    // The backfill of the newest migration, or the next number where that one has a backfill
    // already.
    core::Version next = migrations.empty() ? first : migrations.back().version;
    if (!backfills.empty() && next <= backfills.back().version)
      next = backfills.back().version.Next();
    const files::NameStyle style = StyleOf(backfills, migrations);
    path = options.backfills / files::WriteFileName(style == files::NameStyle::kFlyway
                                                        ? style
                                                        : files::NameStyle::kNumbered,
                                                    next, name, ".toml");
    WriteNew(path, fmt::format(kBackfill, next.text(), TomlString(options.arguments[1])));
  }
  program.console.WriteResult(path.string() + "\n");
  return kExitDone;
}

}  // namespace rung::cli
