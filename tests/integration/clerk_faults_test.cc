// What goes wrong on the way to Clerk and back, one by one: everything is gone in the end, or nothing was
// sent to whom it should not.

#include <gtest/gtest.h>

#include "integration/clerk_wiped.h"
#include "integration/watched_run.h"

namespace rung::test {
namespace {

using Json = nlohmann::json;

// A project whose Clerk has these faults: R"({"on": "DELETE", "do": "drop"})"
std::string With(const std::string& faults) {
  return R"({"organizations": 5, "users": 8, "faults": [)" + faults + "]}";
}

class PassingFault : public testing::TestWithParam<const char*> {};

TEST_P(PassingFault, IsTriedAgainUntilNothingIsLeft) {
  const std::string fault = std::string(R"("skip": 1, "times": 2, "do": )") + GetParam();
  const ClerkProject project(With(R"({"on": "DELETE /v1/users", )" + fault + R"(},
    {"on": "DELETE /v1/organizations", )" +
                                  fault + R"(}, {"on": "GET /v1/users", )" + fault + "}"));
  const Result result = test::Run(project.Confirmed({"--clerk-timeout", "2s"}));
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project.Left(), "0 0");
}

INSTANTIATE_TEST_SUITE_P(
    Clerk, PassingFault,
    testing::Values(R"("limit", "after": 0)", R"("limit", "after": 1)",
                    R"("status", "status": 500)",
                    R"("status", "status": 503, "code": "service_unavailable")",
                    R"("status", "status": 504, "code": "gateway_timeout")", R"("html")",
                    R"("drop")", R"("drop_after")", R"("truncated")", R"("garbage")"));

TEST(ClerkFaults, ALockedObjectIsTriedAgain) {
  const ClerkProject project(With(R"({"on": "DELETE", "do": "locked", "times": 3})"));
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project.Left(), "0 0");
}

TEST(ClerkFaults, AnAnswerThatDoesNotComeIsAskedForAgain) {
  const ClerkProject project(With(R"({"on": "DELETE /v1/users", "do": "hang"},
    {"on": "DELETE /v1/organizations", "do": "drip"})"));
  const Result result = test::Run(project.Confirmed({"--clerk-timeout", "500ms"}));
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project.Left(), "0 0");
}

TEST(ClerkFaults, AnAnswerWithoutAnEndIsCutOff) {
  const ClerkProject project(With(R"({"on": "GET /v1/users", "do": "huge"})"));
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project.Left(), "0 0");
}

TEST(ClerkFaults, APauseThatClerkAsksForIsKept) {
  const ClerkProject project(With(R"({"on": "GET /v1/instance", "do": "limit", "after": 1})"));
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_TRUE(result.err.starts_with("Clerk asks for a pause of 1 s\n")) << result.err;
  const Json requests = project.Requests();
  EXPECT_GE(requests[1]["at"].get<int64_t>() - requests[0]["at"].get<int64_t>(), 1000);
}

TEST(ClerkFaults, ClerkThatStaysAwayEndsTheRunAndTheNextGoesOn) {
  const ClerkProject project(
      With(R"({"on": "DELETE /v1/users", "do": "html", "skip": 3, "times": 1000})"));
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(
      result.err.find(": 502 with a body that is not Clerk's: <html><head><title>502 Bad "
                      "Gateway</title></head><body>cloud</body></html>; 5 tries\n  state: what "
                      "was deleted is gone from Clerk, and all of it is in "),
      std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("\n  next:  run it again when Clerk answers: it goes on where it "
                            "stopped\n"),
            std::string::npos)
      << result.err;
  project.clerk.Set(R"({"faults": []})");
  EXPECT_EQ(test::Run(project.Confirmed()).exit, 0);
  EXPECT_EQ(project.Left(), "0 0");
}

TEST(ClerkFaults, ARefusalIsNotTriedAgain) {
  const ClerkProject project(With(
      R"({"on": "DELETE", "do": "status", "status": 403, "code": "authorization_invalid", "times": 4})"));
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(result.err.find(": 403 authorization_invalid: Oops (trace_fault)\n"), std::string::npos)
      << result.err;
  EXPECT_EQ(project.Left(), "5 8");
  EXPECT_LE(project.Asked("DELETE"), 4u);
}

TEST(ClerkFaults, ARedirectIsNotFollowed) {
  const ClerkProject other;
  const ClerkProject project(With(R"({"on": "GET /v1/users", "do": "redirect", "to": ")" +
                                  other.clerk.url() + R"(/v1/users"})"));
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(result.err.find("rung: Clerk: GET /v1/users: 302: a redirect, which is not followed\n"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(other.Asked(""), 0u);
  EXPECT_EQ(project.Left(), "5 8");
}

TEST(ClerkFaults, NoProxyOfTheEnvironmentIsUsed) {
  const ClerkProject proxy;
  const ClerkProject project;
  Command command = project.Confirmed();
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"}) {
    command.environment.push_back(std::string(name) + "=" + proxy.clerk.url());
  }
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(proxy.Asked(""), 0u);
  EXPECT_EQ(project.Left(), "0 0");
}

class TrustedClerk : public testing::Test {
 protected:
  // A certificate that is its own authority, for the address 127.0.0.1.
  TrustedClerk() {
    const Result made =
        test::Run({.arguments = {"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                                 "-subj", "/CN=stand-in", "-addext", "subjectAltName=IP:127.0.0.1",
                                 "-keyout", Path("key"), "-out", Path("cert")},
                   .directory = {},
                   .environment = {},
                   .program = "openssl"});
    EXPECT_EQ(made.exit, 0) << made.err;
    settings_ = R"({"organizations": 5, "users": 8, "tls": {"key": ")" + Path("key") +
                R"(", "cert": ")" + Path("cert") + R"("}})";
  }

  std::string Path(const std::string& name) const { return (directory_.path() / name).string(); }

  TempDirectory directory_;
  std::string settings_;
};

TEST_F(TrustedClerk, IsAskedOverTls) {
  const ClerkProject project(settings_);
  Command command = project.Confirmed();
  command.environment.push_back("SSL_CERT_FILE=" + Path("cert"));
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project.Left(), "0 0");
}

TEST_F(TrustedClerk, UnderAnUnknownAuthorityIsSentNothing) {
  const ClerkProject project(settings_);
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(result.err,
            R"(rung: Clerk: GET /v1/instance: SSL certificate problem: self-signed certificate
  state: nothing was changed in Clerk
  next:  find out who answers there: nothing was sent to it
)");
  EXPECT_EQ(project.Asked(""), 0u);
}

TEST_F(TrustedClerk, UnderAnotherNameIsSentNothing) {
  const ClerkProject project(settings_);
  Command command = project.Confirmed();
  std::string url = project.clerk.url();
  url.replace(url.find("127.0.0.1"), 9, "localhost");
  command.environment[1] = "CLERK_API_URL=" + url;
  command.environment.push_back("SSL_CERT_FILE=" + Path("cert"));
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(result.err.find("no alternative certificate subject name matches target host name "
                            "'localhost'"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(project.Asked(""), 0u);
}

// A limit on the size of files stands for a full disk.
TEST(ClerkFaults, AnExportThatDoesNotFitOnTheDiskStopsIt) {
  const ClerkProject project(R"({"organizations": 5, "users": 60})");
  Command command = project.Confirmed();
  command.arguments.insert(
      command.arguments.begin(),
      {"-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh", RungBinary().string()});
  command.program = "sh";
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 1) << result.err;
  EXPECT_NE(result.err.find("cannot be written: File too large\n  state: nothing that is not in it "
                            "was deleted in Clerk\n"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(project.Left(), "5 60");
}

}  // namespace
}  // namespace rung::test
