#include "integration/pgbouncer.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "support/wait.h"

namespace rung::test {
namespace {

std::string Setting(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

// It refuses to run as root. A socket's directory may be open to the server's user alone.
const passwd* OrdinaryUser() {
  struct stat directory {};
  const std::string host = Setting("PGHOST", "");
  const bool is_owned =
      host.starts_with('/') && stat(host.c_str(), &directory) == 0 && directory.st_uid != 0;
  return is_owned ? getpwuid(directory.st_uid) : getpwnam("nobody");
}

}  // namespace

PgBouncer::PgBouncer(const std::string& pool_mode, const TestDatabase& database) {
  const std::string directory = directory_.path().string();
  std::string server =
      "port=" + Setting("PGPORT", "5432") + " user=" + Setting("PGUSER", "postgres");
  if (const std::string host = Setting("PGHOST", ""); !host.empty()) server += " host=" + host;
  if (const std::string password = Setting("PGPASSWORD", ""); !password.empty()) {
    server += " password=" + password;
  }
  directory_.Write("pgbouncer.ini",
                   "[databases]\n" + database.name() + " = " + server +
                       "\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nauth_type = any\n"
                       "unix_socket_dir = " +
                       directory + "\nlogfile = " + directory + "/log\npool_mode = " + pool_mode +
                       "\n");
  Command command{.arguments = {"--quiet", directory + "/pgbouncer.ini"},
                  .directory = directory,
                  .environment = {},
                  .program = "/usr/sbin/pgbouncer"};
  if (geteuid() == 0) {
    const passwd* user = OrdinaryUser();
    if (user == nullptr || chown(directory.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("no user for pgbouncer");
    }
    command.arguments.insert(command.arguments.begin(), std::string("--user=") + user->pw_name);
  }
  process_ = std::make_unique<Process>(command);
  const pg::Target target{
      "host='" + directory + "' port='6432' dbname='" + database.name() + "'", "pgbouncer", {}};
  const bool answers = WaitUntil([&] {
    try {
      pg::Connection(target, "test").Exec("SELECT 1");
      return true;
    } catch (const std::exception&) {
      return process_->IsOver();
    }
  });
  if (!answers || process_->IsOver())
    throw std::runtime_error("pgbouncer does not start: " + Log());
}

std::vector<std::string> PgBouncer::environment() const {
  return {"PGHOST=" + directory_.path().string(), "PGPORT=6432"};
}

std::string PgBouncer::Log() const {
  std::ifstream in(directory_.path() / "log");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace rung::test
