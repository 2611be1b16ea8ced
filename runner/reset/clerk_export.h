// What is about to be deleted in Clerk, as Clerk gave it: a JSON object a line. Made before the first
// deletion, for there is no way back.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "clerk/objects.h"

namespace rung::reset {

class ClerkExport {
 public:
  // A new file, readable by its owner alone: it has people's addresses in it.
  // Errors: core::Error (kUsage): it exists, or cannot be made.
  explicit ClerkExport(std::filesystem::path file);
  ~ClerkExport();
  ClerkExport(const ClerkExport&) = delete;
  ClerkExport& operator=(const ClerkExport&) = delete;

  const std::filesystem::path& file() const { return file_; }

  // Each object once.
  // Errors: core::Error (kFailed), here and below: it cannot be written.
  void Add(const clerk::Object& object);

  // Everything added is on disk when this returns.
  void Flush();

 private:
  void Write();

  const std::filesystem::path file_;
  int descriptor_ = -1;
  std::string pending_;
  std::set<std::string> added_;  // ids
};

}  // namespace rung::reset
