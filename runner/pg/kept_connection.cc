#include "pg/kept_connection.h"

#include "pg/connecting.h"

namespace rung::pg {

KeepHandle::handle KeepHandle::do_startconnect(handle original) {
  if (original != nullptr) return original;
  PGconn* connection = ConnectUnlessStopped(options(), stop_);
  if (connection == nullptr) throw pqxx::broken_connection("stopped");
  if (PQstatus(connection) != CONNECTION_OK) {
    const std::string message = PQerrorMessage(connection);
    do_disconnect(connection);
    throw pqxx::broken_connection(message);
  }
  return kept_ = connection;
}

KeepHandle::handle KeepHandle::do_disconnect(handle original) noexcept {
  kept_ = nullptr;
  return pqxx::connectionpolicy::do_disconnect(original);
}

}  // namespace rung::pg
