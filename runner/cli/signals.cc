#include "cli/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

namespace rung::cli {
namespace {

constexpr int kWake = SIGUSR2;  // ends the waiting thread

sigset_t Waited() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, kWake}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = Waited();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this] { Wait(); });
}

Signals::~Signals() {
  pthread_kill(thread_.native_handle(), kWake);
  thread_.join();
}

void Signals::Wait() {
  const sigset_t set = Waited();
  for (;;) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0 || signal == kWake) return;
    if (received_ != 0) _exit(128 + signal);
    received_ = signal;
    source_.request_stop();
  }
}

}  // namespace rung::cli
