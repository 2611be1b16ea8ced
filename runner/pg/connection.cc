#include "pg/connection.h"

#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "core/error.h"
#include "pg/kept_connection.h"

namespace rung::pg {
namespace {

class NoticeForwarder : public pqxx::errorhandler {
 public:
  NoticeForwarder(pqxx::connection_base& connection, NoticeHandler handler)
      : pqxx::errorhandler(connection), handler_(std::move(handler)) {}

  bool operator()(const char text[]) noexcept override {
    try {
      if (handler_) handler_(ServerError(text).message);
    } catch (...) {  // a notice is never worth a failure, and libpq cannot carry one
    }
    return false;
  }

 private:
  NoticeHandler handler_;
};

std::string FirstLines(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) text.replace(at, 1, "; ");
  for (size_t at = 0; (at = text.find('\t', at)) != std::string::npos;) text.erase(at, 1);
  return text;
}

std::string NextAfterRefusedLogin(const std::string& text) {
  const auto says = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  if (says("password authentication failed") || says("no password supplied")) {
    return "check user and password (DATABASE_URL, PGPASSFILE or a service file), then run it "
           "again";
  }
  if (says("does not exist")) return "check the names of role and database, then run it again";
  if (says("certificate") || says("SSL")) {
    return "point sslrootcert at the server's root certificate, then run it again";
  }
  return "check that the server runs and is reachable from here, then run it again";
}

}  // namespace

class Connection::Session {
 public:
  Session(const std::string& conninfo, const std::stop_token& stop, NoticeHandler on_notice)
      : connection(conninfo, stop), notices(connection, std::move(on_notice)), work(connection) {
    connection.set_verbosity(pqxx::connection_base::verbose);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);  // a new session would hold none of our locks
#pragma GCC diagnostic pop
  }

  template <typename Call>
  pqxx::result Run(Call&& call) {
    try {
      return call();
    } catch (const pqxx::broken_connection& e) {
      throw ConnectionLost(connection.is_open() ? e.what() : "the server closed the connection");
    } catch (const pqxx::failure& e) {  // sql_error, deadlock_detected, serialization_failure …
      if (!connection.is_open()) throw ConnectionLost("the server closed the connection");
      throw ServerError(e.what());
    }
  }

  KeptConnection connection;
  NoticeForwarder notices;
  pqxx::nontransaction work;  // transactions are our own statements: see pg/transaction.h
  std::atomic<bool> copy_is_cancelled{false};
};

Connection::Connection(const Target& target, const std::string& application_name,
                       const std::stop_token& stop, NoticeHandler on_notice)
    : application_name_(application_name) {
  try {
    session_ =
        std::make_unique<Session>(target.conninfo + "application_name='" + application_name + "'",
                                  stop, std::move(on_notice));
  } catch (const pqxx::failure& e) {
    if (stop.stop_requested()) {
      throw core::Error(core::Failure::kInterrupted,
                        core::Problem{target.description, "interrupted while connecting", {}},
                        "everything committed so far is kept", "run it again");
    }
    const std::string text = FirstLines(e.what());
    throw core::Error(core::Failure::kFailed, core::Problem{target.description, text, {}},
                      "no connection, nothing was changed", NextAfterRefusedLogin(text));
  }
}

Connection::~Connection() = default;

pqxx::result Connection::Exec(const std::string& sql) {
  return session_->Run([&] { return session_->work.exec(sql); });
}

pqxx::result Connection::Exec(const std::string& sql, const Params& params) {
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const auto& param : params) values.push_back(param ? param->c_str() : nullptr);
  return session_->Run(
      [&] { return session_->work.exec_params(sql, pqxx::prepare::make_dynamic_params(values)); });
}

void Connection::CopyIn(const std::string& statement, std::string_view data) {
  session_->copy_is_cancelled = false;
  Exec(statement);
  PGconn* connection = session_->connection.handle();
  // The server reads on after an error and throws the rest away: a cancelled copy ends here.
  constexpr size_t kPiece = 1 << 16;
  while (!data.empty() && !session_->copy_is_cancelled) {
    const std::string_view piece = data.substr(0, kPiece);
    if (PQputCopyData(connection, piece.data(), static_cast<int>(piece.size())) != 1) break;
    data.remove_prefix(piece.size());
  }
  PQputCopyEnd(connection, data.empty() ? nullptr : "cancelled");
  std::string error;
  while (PGresult* result = PQgetResult(connection)) {
    if (PQresultStatus(result) == PGRES_FATAL_ERROR && error.empty()) {
      error = PQresultErrorMessage(result);
    }
    PQclear(result);
  }
  if (PQstatus(connection) != CONNECTION_OK) {
    throw ConnectionLost("the server closed the connection");
  }
  if (!error.empty()) throw ServerError(error);
}

bool Connection::IsOpen() const { return session_->connection.is_open(); }

bool Connection::HasUnreadInput() const {
  pollfd socket{session_->connection.sock(), POLLIN, 0};
  return poll(&socket, 1, 0) != 0;
}

int Connection::server_version() const { return session_->connection.server_version(); }

int Connection::announced_pid() const { return session_->connection.backendpid(); }

void Connection::Cancel() noexcept {
  session_->copy_is_cancelled = true;
  try {
    session_->connection.cancel_query();
  } catch (const std::exception&) {  // already gone: then there is nothing to cancel
  }
}

CancelOnStop::CancelOnStop(Connection& connection, std::stop_token stop,
                           std::chrono::milliseconds grace)
    : thread_([&connection, stop, grace](const std::stop_token& done) {
        std::mutex mutex;
        std::condition_variable_any changed;
        const std::stop_callback wake(stop, [&] { changed.notify_all(); });
        std::unique_lock lock(mutex);
        // Woken by either token; the short wait covers a stop between the test and the wait.
        while (!stop.stop_requested()) {
          changed.wait_for(lock, done, std::chrono::milliseconds(100),
                           [&] { return stop.stop_requested(); });
          if (done.stop_requested()) return;
        }
        changed.wait_for(lock, done, grace, [] { return false; });
        while (!done.stop_requested()) {
          connection.Cancel();
          changed.wait_for(lock, done, std::chrono::milliseconds(100), [] { return false; });
        }
      }) {}

std::string QuoteName(std::string_view name) {
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string QuoteName(std::string_view schema, std::string_view name) {
  return (schema.empty() ? "" : QuoteName(schema) + ".") + QuoteName(name);
}

std::string QuoteText(std::string_view text) {
  std::string quoted = text.find('\\') == std::string_view::npos ? "'" : " E'";
  for (char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

std::string ArrayText(const std::vector<std::string>& names) {
  std::string array = "{";
  for (const std::string& name : names) {
    if (array.size() > 1) array += ',';
    array += '"';
    for (char c : name) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + "}";
}

}  // namespace rung::pg
