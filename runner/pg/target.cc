#include "pg/target.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string_view>

#include "core/error.h"

namespace rung::pg {
namespace {

using Settings = std::map<std::string, std::string>;
using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

core::Error Refused(std::string where, std::string what, std::string next) {
  return core::Error(core::Failure::kUsage, core::Problem{std::move(where), std::move(what), {}},
                     "no connection was made", std::move(next));
}

Settings Collect(const PQconninfoOption* option) {
  Settings settings;
  for (; option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0') settings[option->keyword] = option->val;
  }
  return settings;
}

Settings ParseUrl(const std::string& url, const std::string& where) {
  char* message = nullptr;
  const Options options(PQconninfoParse(url.c_str(), &message), &PQconninfoFree);
  // libpq's message quotes parts of the URL, the password among them: it is not shown.
  PQfreemem(message);
  if (options == nullptr) {
    throw Refused(where, "not a connection URL or string that libpq understands",
                  "percent-encode the characters @ / : % # ? in the password "
                  "(p%40ss for p@ss)");
  }
  return Collect(options.get());
}

// What environment, service file and libpq itself add.
Settings Defaults(const Settings& given) {
  if (const auto service = given.find("service"); service != given.end()) {
    setenv("PGSERVICE", service->second.c_str(), 1);
  }
  const Options options(PQconndefaults(), &PQconninfoFree);
  return Collect(options.get());
}

bool NamesDatabase() {
  for (const char* name : {"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGUSER", "PGPORT"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return true;
  }
  return false;
}

// 127.0.0.0/8 as an address: a name that begins like one is anybody's.
bool IsLoopbackAddress(std::string_view host) {
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool IsLocal(std::string_view host) {
  return host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" ||
         IsLoopbackAddress(host) || host == "::1";
}

bool AllLocal(std::string_view hosts) {
  for (;;) {
    const size_t comma = hosts.find(',');
    if (!IsLocal(hosts.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    hosts.remove_prefix(comma + 1);
  }
}

std::string Get(const Settings& settings, const std::string& key) {
  const auto found = settings.find(key);
  return found == settings.end() ? "" : found->second;
}

// Source: the manual, libpq, "SSL Support": below verify-full anybody in between may answer.
void SettleTls(const Settings& effective, const TargetRequest& request, const std::string& where,
               Settings& given) {
  if (request.tls) {
    given["sslmode"] = *request.tls;
    return;
  }
  if (AllLocal(Get(effective, "hostaddr")) && AllLocal(Get(effective, "host"))) return;
  const std::string mode = Get(effective, "sslmode");
  if (mode == "verify-full") return;
  if (mode.empty() || mode == "prefer") {
    given["sslmode"] = "verify-full";
    return;
  }
  throw Refused(where, fmt::format("sslmode={} does not prove which server answers", mode),
                fmt::format("remove sslmode to get verify-full, or accept it with --tls {}", mode));
}

std::string Quote(const std::string& value) {
  std::string quoted = "'";
  for (char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string Describe(const Settings& effective) {
  const std::string host =
      Get(effective, "host").empty() ? Get(effective, "hostaddr") : Get(effective, "host");
  const std::string user = Get(effective, "user");
  const std::string database = Get(effective, "dbname").empty() ? user : Get(effective, "dbname");
  return fmt::format("{}@{}:{}/{}", user, host.empty() ? "local socket" : host,
                     Get(effective, "port"), database);
}

// What a password looks like inside a URL.
std::string RawPassword(const std::string& url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string::npos) return "";
  const size_t at = url.rfind('@');
  const size_t colon = url.find(':', scheme + 3);
  if (at == std::string::npos || colon == std::string::npos || colon > at) return "";
  return url.substr(colon + 1, at - colon - 1);
}

}  // namespace

Target ResolveTarget(const TargetRequest& request) {
  const bool by_flag = request.url_flag.has_value();
  const std::string where = by_flag               ? "--url"
                            : request.url_setting ? request.setting_name
                                                  : "PG* variables";
  const std::string url = by_flag ? *request.url_flag : request.url_setting.value_or("");
  if (url.empty() && !NamesDatabase()) {
    throw Refused(
        "", "no database is named",
        "pass --url postgresql://user@host:5432/database, or set DATABASE_URL, or libpq's "
        "PGHOST, PGDATABASE, PGUSER");
  }
  Settings given = ParseUrl(url, where);
  if (by_flag && (given.contains("password") || given.contains("sslpassword"))) {
    throw Refused("--url",
                  "a password in the command line is visible to every user of this machine",
                  "give it in DATABASE_URL, in PGPASSFILE (~/.pgpass), or in a service file "
                  "(PGSERVICE)");
  }
  Settings effective = Defaults(given);
  for (const auto& [key, value] : given) effective[key] = value;
  SettleTls(effective, request, where, given);

  // Half-open connections are noticed within a minute; a pooler refuses unknown startup parameters,
  // so nothing goes into `options`.
  const Settings ours = {{"connect_timeout", "10"},     {"keepalives_idle", "30"},
                         {"keepalives_interval", "10"}, {"keepalives_count", "3"},
                         {"tcp_user_timeout", "60000"}, {"client_encoding", "UTF8"}};
  given.insert(ours.begin(), ours.end());
  given.erase("application_name");

  Target target;
  for (const auto& [key, value] : given) {
    target.conninfo += key + "=" + Quote(value) + " ";
    if (!key.ends_with("password")) target.open_conninfo += key + "=" + Quote(value) + " ";
  }
  target.password = Get(given, "password");
  target.host = Get(effective, "host");
  target.user = Get(effective, "user");
  target.database = Get(effective, "dbname").empty() ? target.user : Get(effective, "dbname");
  target.description = Describe(effective);
  target.secrets = {Get(effective, "password"), Get(effective, "sslpassword"), RawPassword(url)};
  return target;
}

}  // namespace rung::pg
