#include "clerk/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

#include "core/error.h"
#include "core/sleep.h"

namespace rung::clerk {
namespace {

using core::Error;
using core::Failure;
using core::Problem;
using std::chrono::milliseconds;

constexpr int kMostTries = 5;
constexpr int kMostPauses = 20;  // that Clerk asks for, in a row
constexpr int kPageSize = 500;
constexpr milliseconds kFirstBackoff{500};
constexpr milliseconds kLongestBackoff{30'000};

// Anything up to the whole, so that those who failed together do not come back together.
milliseconds Backoff(int tries) {
  thread_local std::minstd_rand random(std::random_device{}());
  const auto most = std::min(kFirstBackoff * (1 << (tries - 1)), kLongestBackoff);
  return milliseconds(std::uniform_int_distribution<int64_t>(1, most.count())(random));
}

// Parts of a path that come from outside.
std::string Escape(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    escaped += is_plain
                   ? std::string(1, c)
                   : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return escaped;
}

bool IsPage(const std::string& body) {
  try {
    ParsePage(body);
    return true;
  } catch (const BadAnswer&) {
    return false;
  }
}

}  // namespace

Client::Client(Account& account, std::stop_token stop)
    : account_(account),
      stop_(std::move(stop)),
      http_(account.endpoint, account.key, account.timeout, stop_) {}

Client::Answered Client::Ask(const std::string& method, const std::string& path,
                             const std::function<bool(const std::string&)>& is_whole) {
  const std::string where = fmt::format("Clerk: {} {}", method, path.substr(0, path.find('?')));
  const auto fail = [&](Failure failure, const std::string& what, const std::string& next) {
    return Error(failure, Problem{where, what, {}}, account_.state, next);
  };
  int pauses = 0;
  for (int tries = 0;;) {
    account_.limit.Wait(stop_);
    if (stop_.stop_requested()) throw fail(Failure::kInterrupted, "interrupted", "run it again");
    Judged judged;
    HttpAnswer answer;
    try {
      answer = http_.Send(method, path);
      judged = Judge(answer);
      if (judged.verdict == Verdict::kDone && !is_whole(answer.body)) {
        judged = {Verdict::kPassing, "200 with an answer of another shape than Clerk's", {}};
      }
    } catch (const HttpFailure& failure) {
      if (failure.kind() == HttpFailure::Kind::kStopped) {
        throw fail(Failure::kInterrupted, "interrupted", "run it again");
      }
      if (failure.kind() == HttpFailure::Kind::kUntrusted) {
        throw fail(Failure::kFailed, failure.what(),
                   "find out who answers there: nothing was sent to it");
      }
      judged = {Verdict::kPassing, failure.what(), {}};
    }
    switch (judged.verdict) {
      case Verdict::kLimited:
        if (++pauses >= kMostPauses)
          throw fail(Failure::kFailed, judged.what, "run it again later");
        account_.limit.Pause(judged.wait);
        account_.events.Emit(
            core::Notice{core::Notice::Level::kInfo,
                         fmt::format("Clerk asks for a pause of {} s", judged.wait.count())});
        break;
      case Verdict::kPassing:
        if (++tries >= kMostTries) {
          throw fail(Failure::kFailed, fmt::format("{}; {} tries", judged.what, tries),
                     "run it again when Clerk answers: it goes on where it stopped");
        }
        account_.events.Emit(core::Notice{core::Notice::Level::kDetail,
                                          where + ": " + judged.what + "; trying again"});
        core::SleepFor(Backoff(tries), stop_);
        break;
      case Verdict::kRefused:
        throw fail(answer.status == 401 ? Failure::kUsage : Failure::kFailed, judged.what,
                   answer.status == 401 ? "take the secret key from Clerk's dashboard, API keys"
                                        : "correct the cause and run it again");
      default:
        return {std::move(judged), std::move(answer.body)};
    }
  }
}

Instance Client::ReadInstance() {
  std::optional<Instance> instance;
  Ask("GET", "/v1/instance", [&](const std::string& body) {
    try {
      instance = ParseInstance(body);
    } catch (const BadAnswer&) {
    }
    return instance.has_value();
  });
  if (instance) return *instance;
  throw Error(Failure::kFailed, Problem{"Clerk: GET /v1/instance", "there is no such instance", {}},
              account_.state, "find out what answers there");
}

Client::Listing Client::ListByOffset(const std::string& path, const OnObject& on_object) {
  std::set<std::string> seen;
  for (size_t offset = 0;;) {
    const Answered answered = Ask(
        "GET", fmt::format("{}?limit={}&offset={}&order_by=%2Bcreated_at", path, kPageSize, offset),
        IsPage);
    if (answered.judged.verdict == Verdict::kDisabled) return {.is_enabled = false};
    if (answered.judged.verdict != Verdict::kDone) {
      throw Error(Failure::kFailed, Problem{"Clerk: GET " + path, answered.judged.what, {}},
                  account_.state, "run it again");
    }
    const Page page = ParsePage(answered.body);
    for (const Object& object : page.objects) {
      if (seen.insert(object.id).second) on_object(object);
    }
    offset += page.objects.size();
    // A page may be short in the middle; only an empty one is the end.
    if (page.objects.empty()) {
      const auto total = static_cast<size_t>(page.total.value_or(0));
      return {.is_complete = seen.size() >= total};
    }
  }
}

Client::Listing Client::ListOrganizations(const OnObject& on_object) {
  return ListByOffset("/v1/organizations", on_object);
}

Client::Listing Client::ListMemberships(const OnObject& on_object) {
  return ListByOffset("/v1/organization_memberships", on_object);
}

// By a cursor: Clerk says that large offsets get slower until they time out.
Client::Listing Client::ListUsers(const OnObject& on_object) {
  std::set<std::string> seen;
  for (std::string after;;) {
    const Answered answered =
        Ask("GET",
            fmt::format("/v1/users?limit={}&order_by=%2Bcreated_at{}", kPageSize,
                        after.empty() ? "" : "&starting_after=" + Escape(after)),
            IsPage);
    if (answered.judged.verdict != Verdict::kDone) {
      throw Error(Failure::kFailed, Problem{"Clerk: GET /v1/users", answered.judged.what, {}},
                  account_.state, "run it again");
    }
    const Page page = ParsePage(answered.body);
    if (page.objects.empty()) return {};
    for (const Object& object : page.objects) {
      if (seen.insert(object.id).second) on_object(object);
    }
    if (page.objects.back().id == after) return {.is_complete = false};
    after = page.objects.back().id;
  }
}

Deletion Client::Delete(const std::string& path) {
  const Answered answered = Ask("DELETE", path, SaysDeleted);
  switch (answered.judged.verdict) {
    case Verdict::kGone:
      return Deletion::kGone;
    case Verdict::kManaged:
      return Deletion::kManaged;
    case Verdict::kDone:
      return Deletion::kDeleted;
    default:
      throw Error(Failure::kFailed, Problem{"Clerk: DELETE " + path, answered.judged.what, {}},
                  account_.state, "run it again");
  }
}

Deletion Client::DeleteOrganization(const std::string& id) {
  return Delete("/v1/organizations/" + Escape(id));
}

Deletion Client::DeleteUser(const std::string& id) { return Delete("/v1/users/" + Escape(id)); }

}  // namespace rung::clerk
