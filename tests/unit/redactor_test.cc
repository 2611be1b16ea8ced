#include "core/redactor.h"

#include <gtest/gtest.h>

namespace rung::core {
namespace {

std::string Redact(std::string_view text, std::initializer_list<const char*> secrets = {}) {
  Redactor redactor;
  for (const char* secret : secrets) redactor.Add(secret);
  return redactor.Redact(text);
}

TEST(Redactor, HidesAKnownSecretWhereverItStands) {
  EXPECT_EQ(Redact("hunter22: role hunter22x of \"hunter22\"", {"hunter22"}),
            "***: role ***x of \"***\"");
}

TEST(Redactor, HidesTheLongerOfTwoSecretsFirst) {
  EXPECT_EQ(Redact("p@ssword and p@ss", {"p@ss", "p@ssword"}), "*** and ***");
}

TEST(Redactor, LeavesOrdinaryWordsAloneWhereASecretIsShort) {
  EXPECT_EQ(Redact("a table in a database", {"a", "tab", ""}), "a table in a database");
}

TEST(Redactor, HidesThePasswordOfAUrl) {
  EXPECT_EQ(Redact("cannot use postgresql://app:hunter22@db.example.com:5432/orders here"),
            "cannot use postgresql://app:***@db.example.com:5432/orders here");
}

TEST(Redactor, HidesAShortPasswordWhereItStandsInAUrl) {
  EXPECT_EQ(Redact("postgres://app:x@db/orders", {"x"}), "postgres://app:***@db/orders");
}

TEST(Redactor, HidesAPercentEncodedPasswordOfAUrl) {
  EXPECT_EQ(Redact("postgres://app:p%40ss%2Fw@db/orders"), "postgres://app:***@db/orders");
}

TEST(Redactor, HidesAllOfAPasswordWithAnUnescapedAt) {
  EXPECT_EQ(Redact("postgres://app:hun@ter@22@db/orders"), "postgres://app:***@db/orders");
}

TEST(Redactor, HidesThePasswordOfEachUrl) {
  EXPECT_EQ(Redact("postgres://a:first@h/d or\npostgres://b:second@h/d"),
            "postgres://a:***@h/d or\npostgres://b:***@h/d");
}

TEST(Redactor, HidesAPasswordAmongAUrlsParameters) {
  EXPECT_EQ(Redact("postgres://db/orders?user=app&password=hunter22&sslmode=require"),
            "postgres://db/orders?user=app&password=***&sslmode=require");
}

TEST(Redactor, HidesTheValueBehindPassword) {
  EXPECT_EQ(Redact("host=db password=hunter22 user=app"), "host=db password=*** user=app");
  EXPECT_EQ(Redact("host=db password = hunter22\nuser=app"), "host=db password = ***\nuser=app");
  EXPECT_EQ(Redact("password=x"), "password=***");
  EXPECT_EQ(Redact("sslpassword=hunter22 host=db"), "sslpassword=*** host=db");
}

TEST(Redactor, HidesAQuotedValueToItsClosingQuote) {
  EXPECT_EQ(Redact("password='hunter 22' user=app"), "password=*** user=app");
  EXPECT_EQ(Redact(R"(password='it\'s \\' user=app)"), "password=*** user=app");
  EXPECT_EQ(Redact("password='never closed"), "password=***");
  EXPECT_EQ(Redact(R"(password='cut at the escape\)"), "password=***");
}

TEST(Redactor, LeavesOrdinaryTextAlone) {
  for (const char* text : {
           "",
           "password authentication failed for user \"app\"",
           "the password is wrong",
           "password=",
           "see https://example.com/a:b for user@example.com",
           "postgresql://app@db.example.com:5432/orders",
           "127.0.0.1:5432 refused; ratio 3:4 @ noon",
       }) {
    EXPECT_EQ(Redact(text), text);
  }
}

TEST(Redactor, HidesAllOfAnUnquotedValueWithEscapedBlanks) {
  EXPECT_EQ(Redact(R"(password=hunter\ 22 user=app)"), "password=*** user=app");
}

TEST(Redactor, HidesTheValueOfPgpassword) {
  EXPECT_EQ(Redact("PGPASSWORD=hunter22 psql"), "PGPASSWORD=*** psql");
}

}  // namespace
}  // namespace rung::core
