// One session with the server. The only place that knows libpqxx's version: 6.4 reconnects by
// itself unless forbidden, and gives some errors without their SQLSTATE.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <pqxx/result>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "pg/server_error.h"
#include "pg/target.h"

namespace rung::pg {

// NULL is nullopt.
using Params = std::vector<std::optional<std::string>>;

// Gets each NOTICE and WARNING, without its line end.
using NoticeHandler = std::function<void(const std::string&)>;

class Connection {
 public:
  // Errors: core::Error: kFailed when the server cannot be reached or refuses the login,
  //         kInterrupted when the stop comes before its answer.
  Connection(const Target& target, const std::string& application_name,
             const std::stop_token& stop = {}, NoticeHandler on_notice = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends the text as it is; it may hold several statements.
  // Errors: ServerError, ConnectionLost.
  pqxx::result Exec(const std::string& sql);

  // One statement with $n parameters, planned for their values.
  // Errors: ServerError, ConnectionLost.
  pqxx::result Exec(const std::string& sql, const Params& params);

  // COPY … FROM stdin with its data, in the form that the statement names.
  // Errors: ServerError, ConnectionLost.
  void CopyIn(const std::string& statement, std::string_view data);

  bool IsOpen() const;

  // Does something stand to be read that was not asked for? While nothing runs, that is the end of
  // the connection, or a message. Costs no round trip; says nothing of a host that went silently.
  bool HasUnreadInput() const;

  const std::string& application_name() const { return application_name_; }
  int server_version() const;  // 150004

  // The process id that libpq was told at the start; a pooler tells another than the server's own.
  int announced_pid() const;

  // Asks the server to cancel what this connection runs. May be called from another thread.
  void Cancel() noexcept;

 private:
  class Session;
  std::string application_name_;
  std::unique_ptr<Session> session_;
};

// From `grace` after a stop is asked for until destroyed: cancels whatever the connection runs.
class CancelOnStop {
 public:
  CancelOnStop(Connection& connection, std::stop_token stop, std::chrono::milliseconds grace);

 private:
  std::jthread thread_;
};

// A name as an SQL identifier, always quoted.
std::string QuoteName(std::string_view name);

// With its schema, unless that is empty.
std::string QuoteName(std::string_view schema, std::string_view name);

// A text as an SQL literal, for the few places where the grammar takes no parameter.
std::string QuoteText(std::string_view text);

// Names as the text of a text[], for a parameter.
std::string ArrayText(const std::vector<std::string>& names);

}  // namespace rung::pg
