// The pure parts of talking to Clerk.
#include <gtest/gtest.h>

#include "clerk/endpoint.h"
#include "clerk/objects.h"
#include "clerk/rate_limit.h"
#include "clerk/secret_key.h"
#include "clerk/verdict.h"
#include "reset/deletion_progress.h"

namespace rung::clerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string Error(const std::string& code) {
  return R"({"errors": [{"code": ")" + code + R"(", "message": "short", "long_message": "Long"}],
    "clerk_trace_id": "trace_1"})";
}

Verdict Of(long status, const std::string& body) { return Judge({status, body, {}}).verdict; }

TEST(ClerkVerdict, FollowsStatusAndCode) {
  EXPECT_EQ(Of(200, "{}"), Verdict::kDone);
  EXPECT_EQ(Of(200, "<html>"), Verdict::kPassing);
  EXPECT_EQ(Of(404, Error("resource_not_found")), Verdict::kGone);
  EXPECT_EQ(Of(404, "<html>not here</html>"), Verdict::kRefused);
  EXPECT_EQ(Of(409, Error("user_managed_by_scim")), Verdict::kManaged);
  EXPECT_EQ(Of(409, Error("resource_locked")), Verdict::kPassing);
  EXPECT_EQ(Of(409, Error("conflict")), Verdict::kPassing);
  EXPECT_EQ(Of(403, Error("organization_not_enabled_in_instance")), Verdict::kDisabled);
  EXPECT_EQ(Of(429, Error("too_many_requests")), Verdict::kLimited);
  for (const long status : {408, 500, 502, 503, 504}) {
    EXPECT_EQ(Of(status, Error("internal_clerk_error")), Verdict::kPassing) << status;
  }
  for (const long status : {301, 302, 400, 401, 403, 422}) {
    EXPECT_EQ(Of(status, Error("x")), Verdict::kRefused) << status;
  }
}

TEST(ClerkVerdict, SaysWhatClerkSays) {
  EXPECT_EQ(Judge({422, Error("form_param_invalid"), {}}).what,
            "422 form_param_invalid: Long (trace_1)");
  EXPECT_EQ(Judge({502, "<html>\x1b[2J", {}}).what,
            "502 with a body that is not Clerk's: <html>\\x1B[2J");
  EXPECT_EQ(Judge({500, R"({"errors": []})", {}}).what,
            "500 with a body that is not Clerk's: {\"errors\": []}");
  EXPECT_EQ(Judge({500, std::string(1000, 'x'), {}}).what.size(), 237u);
}

TEST(ClerkVerdict, WaitsAsLongAsClerkSays) {
  EXPECT_EQ(Judge({429, "{}", "7"}).wait, seconds(7));
  EXPECT_EQ(Judge({429, "{}", {}}).wait, seconds(10));
  EXPECT_EQ(ParseRetryAfter("0"), seconds(0));
  EXPECT_EQ(ParseRetryAfter("3600"), seconds(120));
  EXPECT_EQ(ParseRetryAfter("Fri, 27 Nov 2026 20:51:36 GMT"), seconds(10));
  EXPECT_EQ(ParseRetryAfter("-1"), seconds(10));
  EXPECT_EQ(ParseRetryAfter(""), seconds(10));
}

TEST(ClerkRate, LetsNoMoreThroughInAnyWindow) {
  RateWindow window(3, seconds(10));
  const RateWindow::Time begin{};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(window.Take(begin + seconds(i)), milliseconds(0));
  EXPECT_EQ(window.Take(begin + seconds(4)), milliseconds(6001));
  EXPECT_EQ(window.Take(begin + milliseconds(10001)), milliseconds(0));
  EXPECT_EQ(window.Take(begin + milliseconds(10002)), milliseconds(999));
  // However it is asked, the last ten seconds never hold more than three.
  std::deque<RateWindow::Time> sent;
  for (int ms = 20'000; ms < 90'000; ms += 37) {
    const auto now = begin + milliseconds(ms);
    if (window.Take(now).count() > 0) continue;
    sent.push_back(now);
    while (sent.front() <= now - seconds(10)) sent.pop_front();
    EXPECT_LE(sent.size(), 3u);
  }
}

TEST(ClerkRate, PausesForAllWhenAsked) {
  RateWindow window(3, seconds(10));
  const RateWindow::Time begin{};
  window.PauseUntil(begin + seconds(5));
  window.PauseUntil(begin + seconds(2));
  EXPECT_EQ(window.Take(begin + seconds(3)), milliseconds(2001));
  EXPECT_EQ(window.Take(begin + milliseconds(5001)), milliseconds(0));
}

TEST(ClerkObjects, AreReadAsFarAsTheyAreNeeded) {
  const Page page = ParsePage(R"({"data": [
    {"object": "organization_membership", "id": "orgmem_1", "organization": {"id": "org_1"},
     "public_user_data": {"user_id": "user_1"}},
    {"object": "organization_membership", "id": "orgmem_2", "organization": {"id": "org_2"}}],
    "total_count": 7})");
  ASSERT_EQ(page.objects.size(), 2u);
  EXPECT_EQ(page.total, 7);
  EXPECT_EQ(page.objects[0].organization, "org_1");
  EXPECT_EQ(page.objects[0].user, "user_1");
  EXPECT_EQ(page.objects[1].user, std::nullopt);
  const Page users =
      ParsePage(R"([{"id": "user_1", "email_addresses": [{"email_address": "a@b"}]}])");
  EXPECT_EQ(users.total, std::nullopt);
  EXPECT_EQ(users.objects.at(0).name, "a@b");
  EXPECT_EQ(users.objects.at(0).json,
            R"({"id":"user_1","email_addresses":[{"email_address":"a@b"}]})");
}

TEST(ClerkObjects, OfAnotherShapeAreRefused) {
  for (const char* body :
       {"", "x", "{}", "3", R"({"data": {}})", R"([{"name": "no id"}])", "[1]"}) {
    EXPECT_THROW(ParsePage(body), BadAnswer) << body;
  }
  for (const char* body : {"", "[]", "{}", R"({"id": "ins_1"})"}) {
    EXPECT_THROW(ParseInstance(body), BadAnswer) << body;
  }
  EXPECT_TRUE(SaysDeleted(R"({"id": "x", "deleted": true})"));
  for (const char* body : {"", "[]", "{}", R"({"deleted": false})", R"({"deleted": "true"})"}) {
    EXPECT_FALSE(SaysDeleted(body)) << body;
  }
}

TEST(ClerkKey, ShowsLittleOfItself) {
  const SecretKey key("here", "sk_live_abcdefgh1234");
  EXPECT_TRUE(key.is_live());
  EXPECT_EQ(key.Shown(), "sk_live_…1234");
  EXPECT_FALSE(SecretKey("here", "sk_test_abcdefgh1234").is_live());
}

TEST(ClerkEndpoint, IsClerkUnlessThisMachineStandsInForIt) {
  EXPECT_EQ(ResolveEndpoint(std::nullopt), "https://api.clerk.com");
  EXPECT_EQ(ResolveEndpoint(""), "https://api.clerk.com");
  EXPECT_EQ(ResolveEndpoint("https://api.clerk.com/"), "https://api.clerk.com");
  EXPECT_EQ(ResolveEndpoint("http://localhost:8089"), "http://localhost:8089");
  EXPECT_EQ(ResolveEndpoint("https://[::1]:8089"), "https://[::1]:8089");
}

TEST(DeletionProgress, TellsRateAndTheTimeLeft) {
  EXPECT_EQ(reset::ProgressText("users", 120, 600, seconds(12)),
            "users: 120 of 600 deleted, 10.0 a second, about 48 s left");
  EXPECT_EQ(reset::ProgressText("users", 600, 600, seconds(60)),
            "users: 600 of 600 deleted, 10.0 a second");
  EXPECT_EQ(reset::ProgressText("users", 0, 600, seconds(1)), "users: 0 of 600 deleted");
}

}  // namespace
}  // namespace rung::clerk
