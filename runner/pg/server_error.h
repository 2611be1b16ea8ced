// What the server says when it refuses, taken apart, and what can be done about it.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rung::pg {

// The server refused a statement; the connection is still usable.
class ServerError : public std::exception {
 public:
  // Shape:  text as libpq formats it at verbosity `verbose`.
  explicit ServerError(std::string_view text);

  const char* what() const noexcept override { return summary_.c_str(); }

  // Detail, hint and context as labelled lines, those that there are.
  std::vector<std::string> Details() const;

  // The line of the data that a COPY stopped at, from 1; 0 for any other error.
  int LineOfCopy() const;

  std::string sqlstate;  // five characters; empty where the text has none
  std::string message;
  std::string detail;
  std::string hint;
  std::string context;
  int line = 0;         // of the statement, from 1; 0 where the server names no place
  std::string excerpt;  // that line, shortened by libpq if it is long
  size_t caret = 0;     // characters before the place in the excerpt

 private:
  std::string summary_;  // "message [sqlstate]"
};

// The connection is gone; whether the last statement took effect is not known.
class ConnectionLost : public std::exception {
 public:
  explicit ConnectionLost(std::string text) : text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

enum class Remedy {
  kNone,     // a person must look
  kRetry,    // the same again, a little later
  kSmaller,  // less at a time
};

// Source: the manual, appendix A, "PostgreSQL Error Codes".
Remedy RemedyFor(std::string_view sqlstate);

// Is it about the data of a row, so that the same statement without that row could work? What a
// function or a trigger raises under a class of its own is.
// Source: as above. Class 54 is too long a value for an index, class 42 a right or a name.
bool BlamesARow(std::string_view sqlstate);

}  // namespace rung::pg
