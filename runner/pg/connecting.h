// Connecting in a way that a stop ends. libpq waits for a silent server as long as its connect_timeout
// says, once for each host and address; its rules for that are its own, so it does the waiting, in a
// thread that can be left behind.
#pragma once

#include <libpq-fe.h>

#include <stop_token>
#include <string>

namespace rung::pg {

// What PQconnectdb returns, a connection or one that says why it is none; the caller owns it. nullptr
// when the stop came before the answer: half a second later at the latest.
PGconn* ConnectUnlessStopped(const std::string& conninfo, const std::stop_token& stop);

// Has a stop left a thread behind? It may still be at work in libpq and what that is built on, so
// the program must then end without taking those down: by _exit.
bool IsConnectingLeftBehind();

}  // namespace rung::pg
