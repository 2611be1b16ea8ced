#include "clerk/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/visible.h"

namespace rung::clerk {
namespace {

using Json = nlohmann::json;
using std::chrono::seconds;

constexpr seconds kUnsaid{10};
constexpr seconds kLongest{120};
constexpr size_t kShown = 200;

std::string TextIn(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The first of the errors, in Clerk's shape; empty where the body has another one.
Json FirstError(const Json& body) {
  const auto errors = body.is_object() ? body.find("errors") : body.end();
  if (!body.is_object() || errors == body.end() || !errors->is_array() || errors->empty()) {
    return Json::object();
  }
  return errors->front().is_object() ? errors->front() : Json::object();
}

// Of a proxy's page, its beginning.
std::string Beginning(const std::string& body) {
  size_t end = std::min(body.size(), kShown);
  while (end > 0 && end < body.size() && (static_cast<unsigned char>(body[end]) & 0xC0) == 0x80) {
    --end;
  }
  return core::Visible(body.substr(0, end));
}

Verdict VerdictOf(long status, const std::string& code) {
  if (status == 429) return Verdict::kLimited;
  if (status == 404) return Verdict::kGone;
  if (status >= 500 || status == 408) return Verdict::kPassing;
  if (code == "user_managed_by_scim") return Verdict::kManaged;
  if (code == "organization_not_enabled_in_instance") return Verdict::kDisabled;
  if (code == "resource_locked" || code == "conflict") return Verdict::kPassing;
  return Verdict::kRefused;
}

}  // namespace

seconds ParseRetryAfter(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return kUnsaid;
  return std::min(seconds(value), kLongest);
}

Judged Judge(const HttpAnswer& answer) {
  const Json body = Json::parse(answer.body, nullptr, false);
  if (answer.status == 200) {
    if (!body.is_discarded()) return {};
    return {Verdict::kPassing, "200 with a body that is no JSON: " + Beginning(answer.body), {}};
  }
  if (answer.status >= 300 && answer.status < 400) {
    return {
        Verdict::kRefused, fmt::format("{}: a redirect, which is not followed", answer.status), {}};
  }
  const Json error = body.is_discarded() ? Json::object() : FirstError(body);
  const std::string code = TextIn(error, "code");
  Judged judged{VerdictOf(answer.status, code), {}, {}};
  if (code.empty()) {
    judged.what = fmt::format("{} with a body that is not Clerk's: {}", answer.status,
                              Beginning(answer.body));
    // A 404 that is not Clerk's own says nothing of what it was asked about.
    if (judged.verdict == Verdict::kGone) judged.verdict = Verdict::kRefused;
  } else {
    const std::string longer = TextIn(error, "long_message");
    const std::string trace = TextIn(body, "clerk_trace_id");
    judged.what = core::Visible(fmt::format("{} {}: {}{}", answer.status, code,
                                            longer.empty() ? TextIn(error, "message") : longer,
                                            trace.empty() ? "" : " (" + trace + ")"));
  }
  if (judged.verdict == Verdict::kLimited) {
    judged.wait = answer.retry_after ? ParseRetryAfter(*answer.retry_after) : kUnsaid;
  }
  return judged;
}

}  // namespace rung::clerk
