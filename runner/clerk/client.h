// Clerk's Backend API as far as rung uses it: what may be tried again is, what was asked for in vain is an
// error with its reason. One client a thread; they share an account.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "clerk/objects.h"
#include "clerk/rate_limit.h"
#include "clerk/secret_key.h"
#include "clerk/verdict.h"
#include "core/event.h"

namespace rung::clerk {

// What the clients of one instance share.
struct Account {
  std::string endpoint;
  SecretKey key;
  RateLimit limit;
  core::EventSink& events;
  std::chrono::milliseconds timeout{std::chrono::seconds(30)};  // of a request
  std::string state = "nothing was changed in Clerk";           // what an error says is true now
};

enum class Deletion { kDeleted, kGone, kManaged };

class Client {
 public:
  Client(Account& account, std::stop_token stop);

  // Errors: core::Error, here and below: kFailed: no answer in five tries; Clerk refuses; it is not Clerk
  //         that answers (kUsage: the key is not valid); kInterrupted.
  Instance ReadInstance();

  using OnObject = std::function<void(const Object&)>;

  struct Listing {
    bool is_enabled = true;   // false: the instance has no organizations at all
    bool is_complete = true;  // false: Clerk says that there are more than it has shown
  };

  // Every object once, oldest first, to the end.
  Listing ListOrganizations(const OnObject& on_object);
  Listing ListUsers(const OnObject& on_object);
  Listing ListMemberships(const OnObject& on_object);

  // A DELETE whose answer was lost is asked for again: 404 is as good as done.
  Deletion DeleteOrganization(const std::string& id);
  Deletion DeleteUser(const std::string& id);

 private:
  // An answer that is no reason to try again, and what it says.
  struct Answered {
    Judged judged;
    std::string body;
  };

  Answered Ask(const std::string& method, const std::string& path,
               const std::function<bool(const std::string&)>& is_whole);
  Listing ListByOffset(const std::string& path, const OnObject& on_object);
  Deletion Delete(const std::string& path);

  Account& account_;
  const std::stop_token stop_;
  HttpConnection http_;
};

}  // namespace rung::clerk
