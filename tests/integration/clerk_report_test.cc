// Who is ready and who is not: Clerk's lists beside the database's rows.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "integration/fingerprint.h"
#include "support/clerk.h"
#include "support/project.h"

namespace rung::test {
namespace {

// org_000001 to org_000004, user_000005 to user_000007; the members are users 5 and 6, one each.
constexpr const char* kClerk = R"({"organizations": 4, "users": 3, "membersPerOrganization": 0,
  "names": {"0": "Acme", "1": "Bolt", "2": "Corp Ltd", "3": "Dust\u001b[2J"},
  "members": [[0, 0], [1, 1]]})";

// Clients 1 and 2 have their organization, one of them nearly; 3 has one that is nowhere, 4 and 5 none.
constexpr const char* kTables = R"(
CREATE TABLE clients (id int PRIMARY KEY, name text, clerk_organization_id text);
INSERT INTO clients VALUES (1, 'Acme', 'org_000001'), (2, 'Bolt', 'ORG_000002 '), (3, 'Gone', 'org_gone'),
  (4, 'corp ltd.', NULL), (5, 'Unknown', NULL);
CREATE TABLE calls (id int PRIMARY KEY, client_id int, clerk_org_id text);
INSERT INTO calls SELECT n, 1, 'org_000001' FROM generate_series(1, 10) n;
INSERT INTO calls VALUES (11, 3, 'org_gone'), (12, 3, 'org_gone'), (13, 4, NULL), (14, 4, NULL), (15, 5, NULL);)";

constexpr const char* kFill = R"(
[[fill]]
table = "calls"
from  = "clients"
match = "clients.id = client_id"
set   = { clerk_org_id = "clients.clerk_organization_id" }
)";

class ClerkReport : public testing::Test {
 protected:
  ClerkReport() {
    project_.database.Query(kTables);
    project_.Write("backfills/001_org.toml", kFill);
  }

  Result Report(const ClerkStandIn& clerk, std::vector<std::string> further = {}) {
    std::vector<std::string> words{"report", "--clerk"};
    words.insert(words.end(), further.begin(), further.end());
    Command command = project_.Rung(words);
    command.environment.insert(command.environment.end(), {"CLERK_SECRET_KEY=sk_test_standin0000",
                                                           "CLERK_API_URL=" + clerk.url()});
    const std::string before = Fingerprint(project_.database);
    Result result = test::Run(command);
    EXPECT_EQ(Fingerprint(project_.database), before);
    return result;
  }

  Project project_;
};

TEST_F(ClerkReport, NamesEverybodyWhoIsNotReady) {
  const ClerkStandIn clerk(kClerk);
  const Result result = Report(clerk);
  EXPECT_EQ(result.exit, 3);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, R"(Clerk: 4 organizations, 3 users, 2 memberships

2 of 3 users have an organization.

Users without an organization, whose token will name none: 1

user         address
-----------  -----------------
user_000007  user7@example.com

Organizations without a row in clients: 3

organization  name
------------  -----------
org_000002    Bolt
org_000003    Corp Ltd
org_000004    Dust\x1B[2J

Rows of clients whose clerk_organization_id Clerk does not have: 2

key  name  clerk_organization_id
---  ----  ---------------------
2    Bolt  ORG_000002
3    Gone  org_gone

Organizations in the database that Clerk does not have: 2

id           rows  tables              nearly
-----------  ----  ------------------  ----------
org_gone        3  clients 1, calls 2
ORG_000002      1  clients 1           org_000002

Rows of clients without clerk_organization_id, which block the backfill: 2

key  name       rows  tables  may be
---  ---------  ----  ------  ---------------------
4    corp ltd.     2       1  org_000003 (Corp Ltd)
5    Unknown       1       1

3 rows lack their value, 0 have another than their source: `rung report` tells why.
)");
}

TEST_F(ClerkReport, IsTheSameInJsonAndCsv) {
  const ClerkStandIn clerk(kClerk);
  const auto json = nlohmann::json::parse(Report(clerk, {"--format", "json"}).out);
  EXPECT_EQ(json["ready"], false);
  EXPECT_EQ(json["users_without_organization"][0]["id"], "user_000007");
  EXPECT_EQ(json["organizations_without_tenant"].size(), 3u);
  EXPECT_EQ(json["tenants_without_organization"][1]["organization"], "org_gone");
  EXPECT_EQ(json["unknown_organizations"][0]["tables"]["calls"], 2);
  EXPECT_EQ(json["unknown_organizations"][1]["near_miss"], "org_000002");
  EXPECT_EQ(json["blocking_tenants"][0]["suggestions"][0]["id"], "org_000003");
  const std::string csv = Report(clerk, {"--format", "csv"}).out;
  EXPECT_NE(csv.find("user_without_organization,user_000007,user7@example.com,,\n"),
            std::string::npos)
      << csv;
  EXPECT_NE(csv.find("blocking_tenant,4,corp ltd.,2,org_000003 (Corp Ltd)\n"), std::string::npos);
}

TEST_F(ClerkReport, SaysThatEverybodyIsReady) {
  project_.database.Query(
      "DELETE FROM calls WHERE client_id > 1; DELETE FROM clients WHERE id > 1");
  const ClerkStandIn clerk(R"({"organizations": 1, "users": 1, "membersPerOrganization": 1})");
  const Result result = Report(clerk);
  EXPECT_EQ(result.exit, 0) << result.out;
  EXPECT_EQ(result.out,
            "Clerk: 1 organizations, 1 users, 1 memberships\n\n1 of 1 users have an "
            "organization.\n\nEverybody is ready.\n");
}

TEST_F(ClerkReport, GivesNoVerdictFromAListThatEndsInTheMiddle) {
  const ClerkStandIn clerk(R"({"organizations": 1200, "users": 1, "limited": false,
    "faults": [{"on": "GET /v1/organizations", "do": "status", "status": 500, "skip": 2, "times": 9}]})");
  const Result result = Report(clerk);
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(
      result.err,
      R"(rung: Clerk: GET /v1/organizations: 500 internal_clerk_error: Oops (trace_fault); 5 tries
  state: a report changes nothing
  next:  run it again when Clerk answers: it goes on where it stopped
)");
}

TEST_F(ClerkReport, GivesNoVerdictFromAListThatIsShorterThanClerkSays) {
  const ClerkStandIn clerk(R"({"organizations": 4, "users": 1, "claimedOrganizations": 5})");
  const Result result = Report(clerk);
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, R"(rung: Clerk's organizations: the list is not whole
  state: nothing can be said of what Clerk does not have
  next:  run it again in a while
)");
}

TEST_F(ClerkReport, DoesNotCallAUserWithoutOneWhereMembershipsHideTheirUsers) {
  const ClerkStandIn clerk(R"({"organizations": 2, "users": 3, "hideUserData": true})");
  const Result result = Report(clerk);
  EXPECT_EQ(result.exit, 3);
  EXPECT_NE(result.out.find("Which users have no organization is not known: Clerk does not tell "
                            "the user of 4 memberships.\n"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(result.out.find("Users without"), std::string::npos);
}

TEST_F(ClerkReport, TellsThatOrganizationsAreDisabled) {
  const ClerkStandIn clerk(R"({"users": 3, "organizationsEnabled": false})");
  const Result result = Report(clerk);
  EXPECT_EQ(result.exit, 3);
  EXPECT_NE(result.out.find("Organizations are disabled in this instance of Clerk.\n"),
            std::string::npos);
}

}  // namespace
}  // namespace rung::test
