// Which database, and how to reach it: libpq's own rules for URLs, environment, service and
// password files, and our rule for TLS. Does not connect.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rung::pg {

struct TargetRequest {
  std::optional<std::string> url_flag;        // --url: may not hold a password
  std::optional<std::string> url_setting;     // DATABASE_URL, or what stands for it
  std::optional<std::string> tls;             // --tls: the sslmode to use, however weak
  std::string setting_name = "DATABASE_URL";  // what an error calls url_setting
};

struct Target {
  std::string conninfo;              // for libpq, with the password if there is one: never shown
  std::string description;           // "app@db.example.com:5432/orders"
  std::vector<std::string> secrets;  // for the redactor
  std::string open_conninfo = {};    // the same without secrets, for another program's arguments
  std::string password = {};         // that was given with the URL, for its PGPASSWORD
  std::string host = {};             // name, address, or directory of the socket
  std::string user = {};
  std::string database = {};
};

// Errors: core::Error (kUsage): no database named, a URL that libpq does not understand, a password
// in
//         argv, TLS weaker than verify-full to another host without the flag.
Target ResolveTarget(const TargetRequest& request);

}  // namespace rung::pg
