// A file cut at the places where statements end, by the rules of psql's and the server's scanners:
// quotes, comments, parentheses, BEGIN ATOMIC bodies, COPY data, psql's own commands. One pass over
// the bytes, whatever their number; what a statement means is for the parser to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/known_word.h"

namespace rung::sql {

// What is wrong with a text, and where.
struct Fault {
  std::string what;
  int line = 1;
  std::vector<std::string> excerpt;  // what is shown below it
  bool is_psql = false;              // a command of psql's
};

// Bytes [begin, end) of a text.
struct Span {
  size_t begin = 0;
  size_t end = 0;
};

struct Segment {
  Span text;               // from the first byte that is no blank, without the semicolon
  size_t first_token = 0;  // past the comments in front
  uint32_t words = 0;
  uint32_t first_word = 0;       // 0 where the statement begins with another one
  bool plain_backslash = false;  // in a '…' literal
  std::optional<Span> data;      // of COPY … FROM stdin: its lines, without the one of `\.`
};

class Segmenter {
 public:
  // Shape:  UTF-8 without NUL; lives as long as the segmenter.
  explicit Segmenter(std::string_view text) : text_(text) {}

  // The next statement; false at the end. Comments and blanks alone are no statement.
  bool Next(Segment& segment);

  // What keeps the text from being a migration, so far.
  const std::vector<Fault>& faults() const { return faults_; }

  // Does the text end inside of a quote or comment? The last fault says so then.
  bool is_left_open() const { return is_left_open_; }

  // The line of an offset that is not before that of the last call.
  int LineOf(size_t offset);

 private:
  void Step(Segment& segment);
  void Word(Segment& segment);
  void Number();
  void Quoted(char quote, bool escapes, Segment& segment);
  bool ContinuesBehind(size_t at, size_t& quote) const;
  void Dollar(Segment& segment);
  void LineComment();
  void BlockComment();
  void Backslash(Segment& segment);
  void EndOfCopy(Segment& segment);
  void Token(Segment& segment, size_t at);
  void Unterminated(std::string_view what, size_t from);
  void AddFault(std::string what, size_t offset, bool is_psql = false);
  void SkipBlanks();

  std::string_view text_;
  size_t at_ = 0;
  size_t begin_ = 0;  // of the segment, past blanks
  bool has_token_ = false;
  int parentheses_ = 0;
  bool in_body_ = false;    // between BEGIN ATOMIC and its END
  int cases_ = 0;           // CASE … END inside of the body
  uint32_t last_word_ = 0;  // when the last token was a word
  bool after_dot_ = false;
  bool is_left_open_ = false;
  size_t counted_ = 0;  // bytes whose lines are counted
  int line_ = 1;
  std::vector<Fault> faults_;
};

// The line of the file with a caret under byte `column` (from 0) of it.
std::vector<std::string> ShowLine(std::string_view line_text, int line, size_t column);

// Lines before this offset, plus one.
int LineAt(std::string_view text, size_t offset);

}  // namespace rung::sql
