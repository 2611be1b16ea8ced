#include "reset/clerk_wipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "core/error.h"
#include "core/sleep.h"
#include "reset/deletion_progress.h"

namespace rung::reset {
namespace {

using clerk::Client;
using clerk::Deletion;
using clerk::Object;
using core::Error;
using core::Failure;
using core::Problem;

constexpr size_t kInFlight = 4;
constexpr int kEmptyPasses = 2;
constexpr int kIdlePasses = 5;
constexpr std::chrono::seconds kIdlePause{1};

using Delete = std::function<Deletion(Client&, const std::string& id)>;
using OnDeletion = std::function<void(const Object&, Deletion)>;

// Each object once, on a few connections; the first failure ends all of them and is thrown.
void DeleteAll(clerk::Account& account, const std::vector<Object>& objects, const Delete& remove,
               const OnDeletion& on_deletion, const std::stop_token& stop) {
  std::stop_source ending;
  const std::stop_callback pass_on(stop, [&] { ending.request_stop(); });
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      Client client(account, ending.get_token());
      for (size_t i = next++; i < objects.size(); i = next++) {
        const Deletion deletion = remove(client, objects[i].id);
        const std::lock_guard lock(mutex);
        on_deletion(objects[i], deletion);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (failure == nullptr) failure = std::current_exception();
      ending.request_stop();
    }
  };
  {
    std::vector<std::jthread> workers;
    for (size_t i = 0; i < std::min(kInFlight, objects.size()); ++i) workers.emplace_back(work);
  }
  if (failure != nullptr) std::rethrow_exception(failure);
}

std::set<std::string> IdsOf(const std::vector<Object>& objects) {
  std::set<std::string> ids;
  for (const Object& object : objects) ids.insert(object.id);
  return ids;
}

// One run over all passes.
class Wipe {
 public:
  Wipe(clerk::Account& account, const ClerkContents& known, ClerkExport& file,
       const std::stop_token& stop)
      : account_(account),
        known_organizations_(IdsOf(known.organizations)),
        known_users_(IdsOf(known.users)),
        file_(file),
        stop_(stop) {}

  ClerkWipeResult Run() {
    int empty = 0;
    int idle = 0;
    while (empty < kEmptyPasses) {
      is_news_ = false;
      const size_t found = Pass();
      empty = found == 0 ? empty + 1 : 0;
      idle = found > 0 && !is_news_ ? idle + 1 : 0;
      if (idle >= kIdlePasses) throw NoProgress(found);
      if (idle > 0) core::SleepFor(kIdlePause, stop_);
    }
    std::sort(result_.managed.begin(), result_.managed.end(),
              [](const Object& a, const Object& b) { return a.id < b.id; });
    return std::move(result_);
  }

 private:
  // How many objects there were that are not known to stay.
  size_t Pass() {
    Client client(account_, stop_);
    const ClerkContents contents = ReadClerk(client);
    // What is not listed would not be exported: nothing goes before all is seen.
    if (!contents.is_complete) return 1;
    for (const auto* list : {&contents.organizations, &contents.memberships, &contents.users}) {
      for (const Object& object : *list) file_.Add(object);
    }
    file_.Flush();
    account_.state =
        "what was deleted is gone from Clerk, and all of it is in " + file_.file().string();
    NoteNew(contents.organizations, known_organizations_, result_.new_organizations);
    NoteNew(contents.users, known_users_, result_.new_users);
    std::vector<Object> users;
    std::copy_if(contents.users.begin(), contents.users.end(), std::back_inserter(users),
                 [&](const Object& user) { return !staying_.contains(user.id); });
    DeleteKind("organizations", contents.organizations, &Client::DeleteOrganization,
               result_.organizations);
    DeleteKind("users", users, &Client::DeleteUser, result_.users);
    return contents.organizations.size() + users.size();
  }

  void DeleteKind(const std::string& kind, const std::vector<Object>& objects,
                  Deletion (Client::*remove)(const std::string&), int64_t& deleted) {
    DeletionProgress progress(account_.events, kind, objects.size());
    DeleteAll(
        account_, objects,
        [remove](Client& client, const std::string& id) { return (client.*remove)(id); },
        [&](const Object& object, Deletion deletion) {
          if (deletion == Deletion::kManaged) {
            if (staying_.insert(object.id).second) result_.managed.push_back(object);
            is_news_ = true;
          } else if (deleted_.insert(object.id).second) {
            ++(deletion == Deletion::kDeleted ? deleted : result_.gone);
            is_news_ = true;
          }
          progress.Count();
        },
        stop_);
  }

  static void NoteNew(const std::vector<Object>& objects, std::set<std::string>& known,
                      std::vector<Object>& into) {
    for (const Object& object : objects) {
      if (known.insert(object.id).second) into.push_back(object);
    }
  }

  Error NoProgress(size_t found) const {
    return {
        Failure::kFailed,
        Problem{
            "Clerk", fmt::format("goes on listing {} objects that it says are deleted", found), {}},
        account_.state, "look at them in Clerk's dashboard, then run it again"};
  }

  clerk::Account& account_;
  std::set<std::string> known_organizations_;
  std::set<std::string> known_users_;
  ClerkExport& file_;
  const std::stop_token stop_;
  std::set<std::string> deleted_;
  std::set<std::string> staying_;
  bool is_news_ = false;  // has this pass changed anything?
  ClerkWipeResult result_;
};

}  // namespace

ClerkContents ReadClerk(Client& client) {
  ClerkContents contents;
  const auto into = [](std::vector<Object>& list) {
    return [&list](const Object& object) { list.push_back(object); };
  };
  const auto organizations = client.ListOrganizations(into(contents.organizations));
  contents.has_organizations = organizations.is_enabled;
  contents.is_complete = organizations.is_complete;
  if (!contents.organizations.empty()) {
    contents.is_complete &= client.ListMemberships(into(contents.memberships)).is_complete;
  }
  contents.is_complete &= client.ListUsers(into(contents.users)).is_complete;
  return contents;
}

ClerkWipeResult WipeClerk(clerk::Account& account, const ClerkContents& known, ClerkExport& file,
                          const std::stop_token& stop) {
  return Wipe(account, known, file, stop).Run();
}

}  // namespace rung::reset
