#include "pg/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/environment.h"
#include "unit/thrown.h"
#include "unit/working_directory.h"

namespace rung::pg {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class TargetTest : public ::testing::Test {
 protected:
  static Target Flag(const std::string& url, std::optional<std::string> tls = {}) {
    return ResolveTarget({.url_flag = url, .url_setting = {}, .tls = std::move(tls)});
  }

  static Target Setting(const std::string& url, std::optional<std::string> tls = {}) {
    return ResolveTarget({.url_flag = {}, .url_setting = url, .tls = std::move(tls)});
  }

  static Target Variables() { return ResolveTarget({}); }

  // The sslmode that libpq is given; empty where it is left to libpq.
  static std::string SslMode(const Target& target) {
    const size_t at = target.conninfo.find("sslmode='");
    if (at == std::string::npos) return "";
    return target.conninfo.substr(at + 9, target.conninfo.find('\'', at + 9) - at - 9);
  }

  static std::string Refused(const std::string& what, const std::string& next) {
    return "rung: " + what + "\n  state: no connection was made\n  next:  " + next + "\n";
  }

  test::CleanEnvironment environment_;
};

TEST_F(TargetTest, IsWhatTheUrlSays) {
  const Target target = Setting("postgresql://app@db.example.com:6543/orders");
  EXPECT_EQ(target.description, "app@db.example.com:6543/orders");
  EXPECT_EQ(target.conninfo,
            "client_encoding='UTF8' connect_timeout='10' dbname='orders' host='db.example.com' "
            "keepalives_count='3' keepalives_idle='30' keepalives_interval='10' port='6543' "
            "sslmode='verify-full' tcp_user_timeout='60000' user='app' ");
}

TEST_F(TargetTest, MayBeAConnectionString) {
  EXPECT_EQ(Flag("host=db.example.com user=app dbname='my orders'").description,
            "app@db.example.com:5432/my orders");
}

TEST_F(TargetTest, MayComeFromTheEnvironmentAlone) {
  setenv("PGHOST", "db.example.com", 1);
  setenv("PGUSER", "app", 1);
  setenv("PGDATABASE", "orders", 1);
  EXPECT_EQ(Variables().description, "app@db.example.com:5432/orders");
}

TEST_F(TargetTest, TakesFromTheEnvironmentWhatTheUrlLeavesOut) {
  setenv("PGUSER", "app", 1);
  setenv("PGPORT", "6543", 1);
  EXPECT_EQ(Setting("postgresql://localhost:7777/orders").description, "app@localhost:7777/orders");
  EXPECT_EQ(Setting("postgresql://localhost/").description, "app@localhost:6543/app");
}

TEST_F(TargetTest, SaysSocketForASocket) {
  EXPECT_EQ(Setting("postgresql://app@/orders").description, "app@local socket:5432/orders");
  EXPECT_EQ(Setting("host=/run/pg user=app dbname=orders").description, "app@/run/pg:5432/orders");
}

TEST_F(TargetTest, LeavesTheUsersOwnTimeoutsAlone) {
  EXPECT_THAT(Setting("postgresql://app@localhost/orders?connect_timeout=3").conninfo,
              HasSubstr("connect_timeout='3' "));
}

TEST_F(TargetTest, QuotesWhatItHandsToLibpq) {
  EXPECT_THAT(Setting("postgresql://a%27b%5C@localhost/orders").conninfo,
              HasSubstr(R"(user='a\'b\\' )"));
}

TEST_F(TargetTest, KeepsThePlaceForOurOwnApplicationName) {
  EXPECT_THAT(Setting("postgresql://app@localhost/orders?application_name=x").conninfo,
              Not(HasSubstr("application_name")));
}

TEST_F(TargetTest, IsRefusedWhereNothingNamesADatabase) {
  const std::string message =
      Refused("no database is named",
              "pass --url postgresql://user@host:5432/database, or set DATABASE_URL, or libpq's "
              "PGHOST, PGDATABASE, PGUSER");
  EXPECT_EQ(test::Refusal([] { Variables(); }), message);
  EXPECT_EQ(test::Refusal([] { Setting(""); }), message);
  setenv("PGSSLMODE", "require", 1);
  setenv("PGHOST", "", 1);
  EXPECT_EQ(test::Refusal([] { Variables(); }), message);
}

TEST_F(TargetTest, IsRefusedWithAPasswordInTheCommandLine) {
  for (const char* url : {
           "postgresql://app:hunter22@db/orders",
           "postgresql://db/orders?password=hunter22",
           "host=db password=hunter22",
           "host=db password='hunter22'",
       }) {
    const std::string refusal = test::Refusal([&] { Flag(url); });
    EXPECT_EQ(refusal,
              Refused("--url: a password in the command line is visible to every user of this "
                      "machine",
                      "give it in DATABASE_URL, in PGPASSFILE (~/.pgpass), or in a service file "
                      "(PGSERVICE)"));
    EXPECT_THAT(refusal, Not(HasSubstr("hunter22")));
  }
}

TEST_F(TargetTest, IsRefusedWithoutShowingAnyPartOfAUrlThatLibpqDoesNotTake) {
  const std::string next =
      "percent-encode the characters @ / : % # ? in the password (p%40ss for p@ss)";
  for (const char* url : {
           "postgresql://app:hun%ter22@db/orders",
           "postgresql://app:hunter22@db:port/orders?hunter22=1",
           "hunter22",
           "password='hunter22",
       }) {
    const std::string what = ": not a connection URL or string that libpq understands";
    EXPECT_EQ(test::Refusal([&] { Setting(url); }), Refused("DATABASE_URL" + what, next)) << url;
    EXPECT_EQ(test::Refusal([&] { Flag(url); }), Refused("--url" + what, next)) << url;
  }
}

TEST_F(TargetTest, TellsItsPasswordToNobodyButLibpqAndTheRedactor) {
  const Target target = Setting("postgresql://app:p%40ss%2Fword@localhost/orders");
  EXPECT_EQ(target.description, "app@localhost:5432/orders");
  EXPECT_THAT(target.conninfo, HasSubstr("password='p@ss/word' "));
  EXPECT_THAT(target.secrets, Contains("p@ss/word"));
  EXPECT_THAT(target.secrets, Contains("p%40ss%2Fword"));
}

TEST_F(TargetTest, KnowsThePasswordOfTheEnvironmentForTheRedactor) {
  setenv("PGPASSWORD", "hunter22", 1);
  const Target target = Flag("postgresql://app@localhost/orders");
  EXPECT_THAT(target.secrets, Contains("hunter22"));
  EXPECT_THAT(target.conninfo, Not(HasSubstr("hunter22")));
}

TEST_F(TargetTest, LeavesTlsToLibpqOnThisMachine) {
  for (const char* url : {
           "postgresql:///orders",
           "postgresql://localhost/orders",
           "postgresql://127.0.0.1/orders",
           "postgresql://[::1]/orders",
           "postgresql://%2Frun%2Fpostgresql/orders",
           "host=@abstract dbname=orders",
           "host=localhost,127.0.0.1 dbname=orders",
           "hostaddr=127.0.0.2 dbname=orders",
       }) {
    EXPECT_EQ(SslMode(Setting(url)), "") << url;
  }
  EXPECT_EQ(SslMode(Setting("postgresql://localhost/orders?sslmode=disable")), "disable");
}

TEST_F(TargetTest, ProvesTheServerElsewhere) {
  for (const char* url : {
           "postgresql://db.example.com/orders",
           "postgresql://10.0.0.1/orders",
           "postgresql://db/orders?sslmode=prefer",
           "postgresql://db/orders?sslmode=verify-full",
           "host=localhost,db dbname=orders",
           "host=localhost hostaddr=10.0.0.1 dbname=orders",
           "host=localhost.example.com dbname=orders",
       }) {
    EXPECT_EQ(SslMode(Setting(url)), "verify-full") << url;
  }
}

TEST_F(TargetTest, IsRefusedWithAWeakerSslmodeElsewhere) {
  for (const std::string mode : {"disable", "allow", "require", "verify-ca"}) {
    EXPECT_EQ(test::Refusal([&] { Setting("postgresql://db/orders?sslmode=" + mode); }),
              Refused("DATABASE_URL: sslmode=" + mode + " does not prove which server answers",
                      "remove sslmode to get verify-full, or accept it with --tls " + mode));
  }
  setenv("PGSSLMODE", "require", 1);
  EXPECT_EQ(test::Refusal([&] { Flag("postgresql://db/orders"); }),
            Refused("--url: sslmode=require does not prove which server answers",
                    "remove sslmode to get verify-full, or accept it with --tls require"));
}

TEST_F(TargetTest, TakesAWeakerSslmodeThatIsAskedFor) {
  EXPECT_EQ(SslMode(Setting("postgresql://db/orders", "require")), "require");
  EXPECT_EQ(SslMode(Setting("postgresql://db/orders?sslmode=verify-full", "disable")), "disable");
  EXPECT_EQ(SslMode(Flag("postgresql://localhost/orders", "verify-full")), "verify-full");
}

TEST_F(TargetTest, MayBeAService) {
  const test::WorkingDirectory directory;
  directory.Write("services", "[prod]\nhost=db.example.com\nuser=app\npassword=hunter22\n");
  setenv("PGSERVICEFILE", "services", 1);
  const Target target = Flag("service=prod");
  EXPECT_EQ(target.description, "app@db.example.com:5432/app");
  EXPECT_EQ(SslMode(target), "verify-full");
  EXPECT_THAT(target.secrets, Contains("hunter22"));
  EXPECT_THAT(target.conninfo, Not(HasSubstr("hunter22")));
}

TEST_F(TargetTest, ProvesAServerWhoseNameOnlyBeginsLikeALoopbackAddress) {
  EXPECT_EQ(SslMode(Setting("postgresql://127.0.0.1.example.com/orders")), "verify-full");
}

TEST_F(TargetTest, IsRefusedWithAKeysPasswordInTheCommandLine) {
  EXPECT_EQ(test::Refusal([] { Flag("postgresql://localhost/orders?sslpassword=hunter22"); }),
            Refused("--url: a password in the command line is visible to every user of this "
                    "machine",
                    "give it in DATABASE_URL, in PGPASSFILE (~/.pgpass), or in a service file "
                    "(PGSERVICE)"));
  EXPECT_THAT(Setting("postgresql://localhost/orders?sslpassword=hunter22").secrets,
              Contains("hunter22"));
}

}  // namespace
}  // namespace rung::pg
