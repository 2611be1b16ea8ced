// The stand-in for Clerk of tests/clerk, as a child process.
#pragma once

#include <sys/types.h>

#include <string>

namespace rung::test {

class ClerkStandIn {
 public:
  // Shape:  settings as stand_in.mjs takes them: R"({"organizations": 3})"
  explicit ClerkStandIn(const std::string& settings = "{}");
  ~ClerkStandIn();
  ClerkStandIn(const ClerkStandIn&) = delete;
  ClerkStandIn& operator=(const ClerkStandIn&) = delete;

  // "http://127.0.0.1:38211"
  const std::string& url() const { return url_; }

  // JSON: organizations and users (their ids), memberships (how many), requests, held.
  std::string State() const;

  void Set(const std::string& settings) const;

 private:
  pid_t pid_ = -1;
  int input_ = -1;  // its standard input: when that ends, so does it
  std::string url_;
};

}  // namespace rung::test
