// Near misses and names, between Clerk and the database.
#include "report/clerk_match.h"

#include <gtest/gtest.h>

namespace rung::report {
namespace {

std::vector<clerk::Object> Organizations(
    std::initializer_list<std::pair<const char*, const char*>> pairs) {
  std::vector<clerk::Object> organizations;
  for (const auto& [id, name] : pairs) {
    organizations.push_back({.id = id, .name = name, .organization = {}, .user = {}, .json = {}});
  }
  return organizations;
}

TEST(NearMiss, IsTheSameButForCaseAndWhiteSpace) {
  const auto known = Organizations({{"org_Abc", ""}, {"org_x", ""}});
  EXPECT_EQ(FindNearMiss("org_abc", known), "org_Abc");
  EXPECT_EQ(FindNearMiss("org_Abc ", known), "org_Abc");
  EXPECT_EQ(FindNearMiss("\torg_ABC\n", known), "org_Abc");
  EXPECT_EQ(FindNearMiss("org_Abc\xC2\xA0", known), "org_Abc");
  EXPECT_EQ(FindNearMiss("org_Abc", known), "");
  EXPECT_EQ(FindNearMiss("org_Abd", known), "");
  EXPECT_EQ(FindNearMiss("", known), "");
}

std::string Suggested(const std::string& name, const std::vector<clerk::Object>& known) {
  std::string ids;
  for (const auto& organization : SuggestOrganizations(name, known)) ids += organization.id + " ";
  return ids;
}

TEST(SuggestedOrganizations, AreThoseOfTheSameNameThenThoseThatBeginAlike) {
  const auto known = Organizations({{"1", "Acme Incorporated"},
                                    {"2", "ACME, Inc."},
                                    {"3", "Bolt"},
                                    {"4", "Müller & Co"},
                                    {"5", "acme inc"},
                                    {"6", "Acme Inc Europe"},
                                    {"7", "A"}});
  EXPECT_EQ(Suggested("Acme Inc", known), "2 5 1 ");
  EXPECT_EQ(Suggested("müller&co", known), "4 ");
  EXPECT_EQ(Suggested("Müller Co.", known), "4 ");
  EXPECT_EQ(Suggested("Bolt Limited", known), "3 ");
  EXPECT_EQ(Suggested("Corp", known), "");
  EXPECT_EQ(Suggested("A", known), "7 ");
  EXPECT_EQ(Suggested("…", known), "");
  EXPECT_EQ(Suggested("", known), "");
}

}  // namespace
}  // namespace rung::report
