// A libpqxx connection whose libpq handle can be reached, for what libpqxx 6.4 has no call for: COPY
// data as it is.
#pragma once

#include <libpq-fe.h>

#include <pqxx/pqxx>
#include <stop_token>
#include <string>
#include <utility>

namespace rung::pg {

// Connects at once, like pqxx::connect_direct, unless a stop comes first.
class KeepHandle : public pqxx::connectionpolicy {
 public:
  KeepHandle(const std::string& options, std::stop_token stop)
      : pqxx::connectionpolicy(options), stop_(std::move(stop)) {}

  handle do_startconnect(handle original) override;
  handle do_disconnect(handle original) noexcept override;

  PGconn* kept() const { return kept_; }

 private:
  const std::stop_token stop_;
  PGconn* kept_ = nullptr;
};

class KeptConnection : public pqxx::connection_base {
 public:
  // Errors: pqxx::broken_connection: no connection, or stopped.
  KeptConnection(const std::string& options, std::stop_token stop)
      : pqxx::connection_base(policy_), policy_(options, std::move(stop)) {
    init();
  }
  ~KeptConnection() noexcept { close(); }
  KeptConnection(const KeptConnection&) = delete;
  KeptConnection& operator=(const KeptConnection&) = delete;

  // nullptr when the connection is closed.
  PGconn* handle() const { return policy_.kept(); }

 private:
  KeepHandle policy_;
};

}  // namespace rung::pg
