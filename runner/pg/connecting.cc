#include "pg/connecting.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace rung::pg {
namespace {

// A server that does answer does so in this time, and then nothing is left behind.
constexpr std::chrono::milliseconds kGrace{500};

// Shared by the caller and its thread, as either may be the last.
struct Attempt {
  std::mutex mutex;
  std::condition_variable_any ended;
  PGconn* connection = nullptr;
  bool is_over = false;
  bool is_left = false;
};

std::atomic<bool> is_any_left = false;

void Connect(const std::string& conninfo, Attempt& attempt) {
  PGconn* connection = PQconnectdb(conninfo.c_str());
  const std::lock_guard lock(attempt.mutex);
  if (attempt.is_left) {
    PQfinish(connection);
    return;
  }
  attempt.connection = connection;
  attempt.is_over = true;
  attempt.ended.notify_all();
}

}  // namespace

PGconn* ConnectUnlessStopped(const std::string& conninfo, const std::stop_token& stop) {
  if (!stop.stop_possible()) return PQconnectdb(conninfo.c_str());
  if (stop.stop_requested()) return nullptr;
  const auto attempt = std::make_shared<Attempt>();
  std::thread thread([attempt, conninfo] { Connect(conninfo, *attempt); });

  const auto is_over = [&] { return attempt->is_over; };
  std::unique_lock lock(attempt->mutex);
  const bool is_wanted = attempt->ended.wait(lock, stop, is_over);
  if (!is_wanted && !attempt->ended.wait_for(lock, kGrace, is_over)) {
    attempt->is_left = true;
    is_any_left = true;
    thread.detach();
    return nullptr;
  }
  lock.unlock();
  thread.join();
  if (is_wanted) return attempt->connection;
  PQfinish(attempt->connection);
  return nullptr;
}

bool IsConnectingLeftBehind() { return is_any_left; }

}  // namespace rung::pg
