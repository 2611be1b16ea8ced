// Waiting that a stop ends at once.
#pragma once

#include <chrono>
#include <stop_token>

namespace rung::core {

// Returns after the duration, or as soon as a stop is asked for.
void SleepFor(std::chrono::milliseconds duration, const std::stop_token& stop);

}  // namespace rung::core
