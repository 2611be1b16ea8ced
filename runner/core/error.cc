#include "core/error.h"

#include <utility>

namespace rung::core {
namespace {

std::string Render(const std::vector<Problem>& problems, const std::string& state,
                   const std::string& next) {
  std::string text;
  for (const Problem& problem : problems) {
    text += "rung: ";
    if (!problem.where.empty()) text += problem.where + ": ";
    text += problem.what + "\n";
    for (const std::string& line : problem.excerpt) text += "  " + line + "\n";
  }
  if (!state.empty()) text += "  state: " + state + "\n";
  if (!next.empty()) text += "  next:  " + next + "\n";
  return text;
}

}  // namespace

Error::Error(Failure failure, std::vector<Problem> problems, std::string state, std::string next)
    : failure_(failure),
      problems_(std::move(problems)),
      state_(std::move(state)),
      next_(std::move(next)),
      text_(Render(problems_, state_, next_)) {}

Error::Error(Failure failure, Problem problem, std::string state, std::string next)
    : Error(failure, std::vector<Problem>{std::move(problem)}, std::move(state), std::move(next)) {}

}  // namespace rung::core
