// A libpqxx connection whose libpq handle can be reached, for what libpqxx 6.4 has no call for: COPY
// data as it is.
#pragma once

#include <libpq-fe.h>

#include <pqxx/pqxx>
#include <string>

namespace rung::pg {

// Connects at once, like pqxx::connect_direct.
class KeepHandle : public pqxx::connectionpolicy {
 public:
  explicit KeepHandle(const std::string& options) : pqxx::connectionpolicy(options) {}

  handle do_startconnect(handle original) override;
  handle do_disconnect(handle original) noexcept override;

  PGconn* kept() const { return kept_; }

 private:
  PGconn* kept_ = nullptr;
};

class KeptConnection : public pqxx::connection_base {
 public:
  // Errors: pqxx::broken_connection.
  explicit KeptConnection(const std::string& options)
      : pqxx::connection_base(policy_), policy_(options) {
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
