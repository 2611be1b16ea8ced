// Waiting for a condition with a deadline: the only kind of waiting tests do.
#pragma once

#include <chrono>
#include <functional>

namespace rung::test {

// True as soon as `condition` is; false when the deadline passes first.
bool WaitUntil(const std::function<bool()>& condition,
               std::chrono::milliseconds deadline = std::chrono::seconds(30));

}  // namespace rung::test
