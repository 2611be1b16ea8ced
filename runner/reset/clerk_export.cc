#include "reset/clerk_export.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "core/error.h"

namespace rung::reset {
namespace {

constexpr size_t kBuffer = 1u << 20;

core::Error Failed(core::Failure failure, const std::filesystem::path& file, const char* what,
                   const char* next) {
  return core::Error(
      failure, core::Problem{file.string(), fmt::format("{}: {}", what, std::strerror(errno)), {}},
      "nothing that is not in it was deleted in Clerk", next);
}

}  // namespace

ClerkExport::ClerkExport(std::filesystem::path file)
    : file_(std::move(file)),
      descriptor_(open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (descriptor_ >= 0) return;
  throw Failed(core::Failure::kUsage, file_, "cannot be made",
               "name another file with --export FILE");
}

ClerkExport::~ClerkExport() { close(descriptor_); }

void ClerkExport::Add(const clerk::Object& object) {
  if (!added_.insert(object.id).second) return;
  pending_ += object.json + "\n";
  if (pending_.size() > kBuffer) Write();
}

void ClerkExport::Write() {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const ssize_t written = write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      throw Failed(core::Failure::kFailed, file_, "cannot be written",
                   "make room and run it again");
    }
    rest.remove_prefix(static_cast<size_t>(written));
  }
  pending_.clear();
}

void ClerkExport::Flush() {
  Write();
  if (fsync(descriptor_) == 0) return;
  throw Failed(core::Failure::kFailed, file_, "is not on disk", "make room and run it again");
}

}  // namespace rung::reset
