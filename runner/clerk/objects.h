// What rung needs of Clerk's objects, read from its JSON. Pure.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace rung::clerk {

struct Instance {
  std::string id;           // "ins_…"
  std::string environment;  // "development", "production", "staging"
};

struct Object {
  std::string id;            // "org_…", "user_…", "orgmem_…"
  std::string name;          // of an organization; of a user the first e-mail address, else the id
  std::string organization;  // of a membership: the organization's id
  std::optional<std::string> user;  // and the user's; nullopt where Clerk does not tell
  std::string json;                 // the whole object, on one line
};

struct Page {
  std::vector<Object> objects;
  std::optional<int64_t> total;  // that Clerk says there are
};

// An answer of another shape than Clerk describes.
class BadAnswer : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Errors: BadAnswer.
Instance ParseInstance(const std::string& body);

// Shape:  {"data": […], "total_count": n}, or a bare array.
// Errors: BadAnswer.
Page ParsePage(const std::string& body);

// Does the answer say that the object was deleted?
bool SaysDeleted(const std::string& body);

}  // namespace rung::clerk
