// SIGINT, SIGTERM and SIGHUP as a stop that everything can wait for; SIGPIPE ignored.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace rung::cli {

// Made before any other thread, so that only this one receives the signals. A second signal ends
// the program at once.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  std::stop_token stop() const { return source_.get_token(); }

  // The signal that asked for the stop; 0 before.
  int received() const { return received_; }

 private:
  void Wait();

  std::stop_source source_;
  std::atomic<int> received_ = 0;
  std::thread thread_;
};

}  // namespace rung::cli
