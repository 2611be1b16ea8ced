// What an answer of Clerk's asks for. Pure.
#pragma once

#include <chrono>
#include <string>

#include "clerk/http.h"

namespace rung::clerk {

enum class Verdict {
  kDone,
  kGone,      // 404: of a DELETE, somebody was there before
  kManaged,   // a directory has this user: it cannot be deleted here
  kDisabled,  // the instance has no organizations
  kLimited,   // 429: again after `wait`
  kPassing,   // again, a little later
  kRefused,   // never
};

struct Judged {
  Verdict verdict = Verdict::kDone;
  std::string what;              // "429 too_many_requests: Too many requests. (trace_1)"
  std::chrono::seconds wait{0};  // of kLimited
};

// Source: Clerk's OpenAPI description of the Backend API, and its list of error codes.
Judged Judge(const HttpAnswer& answer);

// Retry-After in seconds; a date, or nothing that can be read, is ten. At most two minutes.
std::chrono::seconds ParseRetryAfter(const std::string& text);

}  // namespace rung::clerk
