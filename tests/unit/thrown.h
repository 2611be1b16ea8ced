// What an action throws, as its user would read it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"

namespace rung::test {

template <typename Action>
core::Error CatchError(Action&& action) {
  try {
    action();
  } catch (const core::Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {core::Failure::kFailed, core::Problem{}, "", ""};
}

// The whole text of a refusal, and the test fails where it is another kind of failure.
template <typename Action>
std::string Refusal(Action&& action) {
  const core::Error error = CatchError(action);
  EXPECT_EQ(error.failure(), core::Failure::kUsage) << error.what();
  return error.what();
}

}  // namespace rung::test
