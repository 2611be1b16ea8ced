// Reaching the database, or not: who names it, who refuses, and that a password shows up nowhere.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "integration/fingerprint.h"
#include "integration/masked.h"
#include "integration/test_role.h"

namespace rung::test {
namespace {

constexpr const char* kCanary = "canary-5up3r-s3cr3t";

class Connecting : public testing::Test {
 protected:
  Connecting() {
    project_.Write("migrations/001_item.sql",
                   "CREATE TABLE item (id int PRIMARY KEY, org text);\n");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
  }

  // With changes to the environment.
  Result RunWith(std::vector<std::string> environment, std::vector<std::string> arguments) {
    Command command = project_.Rung(std::move(arguments));
    command.environment.insert(command.environment.end(), environment.begin(), environment.end());
    return test::Run(command);
  }

  std::string ServersPort() { return project_.database.Value("SHOW port"); }

  Project project_;
};

// A TCP port of this machine on which nobody listens, unless the test does.
class ClosedPort {
 public:
  ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no free port");
    }
    number_ = std::to_string(ntohs(address.sin_port));
  }
  ~ClosedPort() { close(socket_); }
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;

  const std::string& number() const { return number_; }
  int socket() const { return socket_; }

 private:
  int socket_;
  std::string number_;
};

TEST_F(Connecting, IsNotTriedWhereNoDatabaseIsNamed) {
  for (const char* command : {"up", "migrate", "backfill", "status", "report", "plan"}) {
    const Result result =
        RunWith({"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGUSER", "PGPORT"}, {command});
    EXPECT_EQ(result.exit, 2) << command;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, R"(rung: no database is named
  state: no connection was made
  next:  pass --url postgresql://user@host:5432/database, or set DATABASE_URL, or libpq's PGHOST, PGDATABASE, PGUSER
)") << command;
  }
}

TEST_F(Connecting, SaysThatNobodyListens) {
  const ClosedPort port;
  for (const char* command : {"up", "migrate", "backfill", "status", "report", "plan"}) {
    const Result result = RunWith({"PGHOST=127.0.0.1", "PGPORT=" + port.number()}, {command});
    EXPECT_EQ(result.exit, 1) << command;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(
        Masked(project_, result.err),
        R"(rung: <target>: connection to <server> failed: Connection refused; Is the server running on that host and accepting TCP/IP connections?
  state: no connection, nothing was changed
  next:  check that the server runs and is reachable from here, then run it again
)") << command;
  }
}

// The server takes the connection and never says a word: libpq waits for that.
TEST_F(Connecting, IsEndedByASignalWhereTheServerDoesNotAnswer) {
  const ClosedPort port;
  ASSERT_EQ(listen(port.socket(), 8), 0);
  for (const auto& [signal, exit] : {std::pair(SIGTERM, 143), std::pair(SIGINT, 130)}) {
    for (const char* name : {"up", "migrate", "backfill", "status", "report", "plan"}) {
      Command command = project_.Rung({name});
      command.environment.insert(command.environment.end(),
                                 {"PGHOST=127.0.0.1", "PGPORT=" + port.number()});
      Process process(command);
      pollfd waiting{port.socket(), POLLIN, 0};
      ASSERT_EQ(poll(&waiting, 1, 30'000), 1);
      const int accepted = accept4(port.socket(), nullptr, nullptr, SOCK_CLOEXEC);
      process.Signal(signal);
      const Result result = process.Wait(std::chrono::seconds(5));
      close(accepted);
      EXPECT_EQ(result.exit, exit) << name;
      EXPECT_EQ(result.out, "");
      EXPECT_EQ(Masked(project_, result.err), R"(rung: <target>: interrupted while connecting
  state: everything committed so far is kept
  next:  run it again
)") << name;
    }
  }
}

TEST_F(Connecting, SaysThatThereIsNoSocket) {
  const Result result = RunWith({"PGHOST=/nonexistent", "PGPORT=5432"}, {"up"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(
      Masked(project_, result.err),
      R"(rung: <target>: connection to <server> failed: No such file or directory; Is the server running locally and accepting connections on that socket?
  state: no connection, nothing was changed
  next:  check that the server runs and is reachable from here, then run it again
)");
}

TEST_F(Connecting, SaysThatTheDatabaseDoesNotExist) {
  const Result result = RunWith({"PGDATABASE=rung_test_nowhere"}, {"up"});
  EXPECT_EQ(result.exit, 1);
  const std::string text = Masked(project_, result.err);
  EXPECT_EQ(text.substr(text.find("connection to")),
            R"(connection to <server> failed: FATAL:  database "rung_test_nowhere" does not exist
  state: no connection, nothing was changed
  next:  check the names of role and database, then run it again
)");
}

TEST_F(Connecting, WithAWrongPasswordSaysSoWithoutShowingIt) {
  if (project_.database.Value("SHOW listen_addresses").empty()) {
    GTEST_SKIP() << "this server is reached without a password only";
  }
  const TestRole role("the right one");
  const std::string port = ServersPort();
  const std::string url = "DATABASE_URL=postgresql://" + role.name() + ":" + kCanary +
                          "@127.0.0.1:" + port + "/" + project_.database.name();
  const std::vector<std::string> ways[] = {
      {"PGHOST=127.0.0.1", "PGPORT=" + port, "PGUSER=" + role.name(),
       std::string("PGPASSWORD=") + kCanary},
      {url, "PGPASSWORD"},
  };
  const std::string before = Fingerprint(project_.database);
  for (const auto& way : ways) {
    const Result result = RunWith(way, {"up", "--verbose"});
    if (result.exit == 0) GTEST_SKIP() << "this server lets everybody in";
    EXPECT_EQ(result.exit, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(
        Masked(project_, result.err),
        "rung: <target>: connection to <server> failed: FATAL:  password authentication failed "
        "for user \"" +
            role.name() + R"("
  state: no connection, nothing was changed
  next:  check user and password (DATABASE_URL, PGPASSFILE or a service file), then run it again
)");
  }
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(Connecting, DoesNotQuoteAMalformedUrl) {
  const Result result =
      RunWith({std::string("DATABASE_URL=postgresql://app:") + kCanary + "%zz@db/app"}, {"up"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_EQ(result.err, R"(rung: DATABASE_URL: not a connection URL or string that libpq understands
  state: no connection was made
  next:  percent-encode the characters @ / : % # ? in the password (p%40ss for p@ss)
)");
}

TEST_F(Connecting, RefusesAPasswordInTheCommandLine) {
  const std::string canary = kCanary;
  for (const std::string& url : {"postgresql://app:" + canary + "@127.0.0.1/app",
                                 "postgres://app@127.0.0.1/app?password=" + canary,
                                 "host=127.0.0.1 password='" + canary + "'"}) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"up", "--url", url},
                                                      {"up", "--url=" + url},
                                                      {"--url", url, "up"}}) {
      const Result result = project_.Run(arguments);
      EXPECT_EQ(result.exit, 2) << url;
      EXPECT_EQ(result.out, "");
      EXPECT_EQ(
          result.err,
          R"(rung: --url: a password in the command line is visible to every user of this machine
  state: no connection was made
  next:  give it in DATABASE_URL, in PGPASSFILE (~/.pgpass), or in a service file (PGSERVICE)
)");
    }
  }
}

TEST(Password, IsNowhereAfterRunsThatSucceedAndFail) {
  const TestRole role(std::string(kCanary) + "@/:", "SUPERUSER");
  Project project;
  project.Write("migrations/001_item.sql",
                "CREATE TABLE item (id int PRIMARY KEY, org text);\n"
                "INSERT INTO item SELECT generate_series(1, 10);\n");
  project.Write("backfills/001_org.toml",
                "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
  // What a server says may hold the password: of a subscription, of a foreign server.
  project.Write("migrations/002_tell.sql",
                "DO $$ BEGIN RAISE NOTICE 'password=canary-5up3r-s3cr3t@/:'; END $$;\n");
  project.Write(
      "migrations/003_fail.sql",
      "-- rung: no-transaction\nSELECT 1;\n"
      "DO $$ BEGIN RAISE EXCEPTION 'cannot log in with canary-5up3r-s3cr3t@/:'; END $$;\n");
  Command command = project.Rung({"up", "--verbose"});
  const char* host = std::getenv("PGHOST");
  const bool is_socket = host == nullptr || *host == '/';
  command.environment = {"DATABASE_URL=postgresql://" + role.name() +
                             ":canary-5up3r-s3cr3t%40%2F%3A@" + (is_socket ? "" : "127.0.0.1") +
                             ":" + project.database.Value("SHOW port") + "/" +
                             project.database.name() +
                             (is_socket && host != nullptr ? std::string("?host=") + host : ""),
                         "PGPASSWORD", "PGUSER", "PGDATABASE"};
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(result.err.find("cannot log in with ***"), std::string::npos) << result.err;
  EXPECT_EQ(result.out.find("canary"), std::string::npos) << result.out;
  EXPECT_EQ(result.err.find("canary"), std::string::npos) << result.err;

  command.arguments = {"status"};
  const Result status = test::Run(command);
  EXPECT_EQ(status.exit, 0);
  EXPECT_EQ(status.out.find("canary"), std::string::npos) << status.out;

  EXPECT_EQ(project.database.Value("SELECT state FROM rung.migration WHERE version = '003'"),
            "running");
  for (const auto& table :
       project.database.Query("SELECT oid::regclass FROM pg_class WHERE relnamespace = "
                              "'rung'::regnamespace AND relkind = 'r'")) {
    EXPECT_EQ(project.database.Query("SELECT t::text FROM " + table[0] +
                                     " t WHERE t::text LIKE '%canary%'"),
              std::vector<std::vector<std::string>>{})
        << table[0];
  }
}

TEST_F(Connecting, ToADatabaseInReadOnlyModeWritesNothingAndSaysWhy) {
  project_.database.Query("ALTER DATABASE " + project_.database.name() +
                          " SET default_transaction_read_only = on");
  const std::string before = Fingerprint(project_.database);
  for (const char* command : {"up", "migrate", "backfill"}) {
    const Result result = project_.RunExpecting(1, {command});
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(
        Masked(project_, result.err),
        R"(rung: <target>: the database is in read-only mode (default_transaction_read_only is on)
  state: nothing was changed
  next:  find out why: a platform sets it when the disk is nearly full
)");
  }
  project_.RunExpecting(0, {"status"});
  project_.RunExpecting(0, {"plan"});
  EXPECT_EQ(Fingerprint(project_.database), before);
}

}  // namespace
}  // namespace rung::test
