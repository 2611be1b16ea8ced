#include "reset/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>

#include "core/error.h"
#include "core/visible.h"
#include "reset/child_program.h"
#include "reset/platform_schema.h"

namespace rung::reset {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Failure;
using core::Problem;

constexpr const char* kState = "nothing was emptied";

Error Failed(std::string where, std::string what, std::vector<std::string> excerpt) {
  return Error(Failure::kFailed, Problem{std::move(where), std::move(what), std::move(excerpt)},
               kState, "correct the cause, or take a backup another way and pass --no-backup");
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(core::Visible(line));
  return lines;
}

// Makes the file, so that no other one is ever written over.
void Reserve(const fs::path& file) {
  const int made = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) {
    throw Error(Failure::kUsage,
                Problem{file.string(), fmt::format("cannot be made: {}", std::strerror(errno)), {}},
                kState, "name another file with --backup FILE");
  }
  close(made);
}

void Flush(const fs::path& file) {
  const int opened = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_kept = opened >= 0 && fsync(opened) == 0;
  const int error = errno;
  if (opened >= 0) close(opened);
  if (!is_kept) {
    throw Failed(file.string(), fmt::format("not on disk: {}", std::strerror(error)), {});
  }
}

void RunOrFail(const std::vector<std::string>& words, const pg::Target& target,
               const std::stop_token& stop, std::string* out) {
  std::vector<std::pair<std::string, std::string>> variables{{"PGAPPNAME", "rung wipe backup"}};
  if (!target.password.empty()) variables.emplace_back("PGPASSWORD", target.password);
  ChildResult result = RunChild(words, variables, stop);
  if (stop.stop_requested()) {
    throw Error(Failure::kInterrupted, Problem{words.front(), "interrupted", {}}, kState,
                "run it again");
  }
  if (result.status == 127) {
    throw Failed(words.front(), "there is no such program in PATH", Lines(result.err));
  }
  if (result.status != 0) {
    throw Failed(words.front(), fmt::format("failed with status {}", result.status),
                 Lines(result.err));
  }
  if (out != nullptr) *out = std::move(result.out);
}

// A line of the list: "3421; 0 16405 TABLE DATA public users app", where names stand without quotes.
void RequireListed(const std::string& list, const fs::path& file,
                   const std::vector<TenantTable>& tables) {
  for (const TenantTable& table : tables) {
    const std::string entry = " TABLE DATA " + table.schema + " " + table.relation + " ";
    const bool is_parted = !table.below.empty();  // its partitions have the data
    if (is_parted || list.find(entry) != std::string::npos) continue;
    throw Failed(file.string(), "has no data of " + table.name, {});
  }
}

}  // namespace

Backup TakeBackup(const pg::Target& target, const fs::path& file,
                  const std::vector<TenantTable>& tables, const std::stop_token& stop) {
  Reserve(file);
  try {
    std::vector<std::string> dump{"pg_dump", "--format=custom", "--no-password",
                                  "--lock-wait-timeout=10s", "--file=" + file.string()};
    for (const std::string_view schema : PlatformSchemas()) {
      std::string pattern(schema);
      std::replace(pattern.begin(), pattern.end(), '%', '*');
      if (!pattern.starts_with("pg_")) dump.push_back("--exclude-schema=" + pattern);
    }
    dump.push_back("--dbname=" + target.open_conninfo);
    RunOrFail(dump, target, stop, nullptr);
    std::string list;
    RunOrFail({"pg_restore", "--list", file.string()}, target, stop, &list);
    RequireListed(list, file, tables);
    Flush(file);
  } catch (const Error&) {
    std::error_code ignored;
    fs::remove(file, ignored);
    throw;
  }
  return {file, static_cast<int64_t>(fs::file_size(file))};
}

}  // namespace rung::reset
