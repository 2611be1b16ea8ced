#include "sql/segments.h"

#include <fmt/format.h>

#include <algorithm>

#include "sql/copy_direction.h"

namespace rung::sql {
namespace {

// Source: MaxAllocSize in PostgreSQL's source.
constexpr size_t kLongestStatement = 0x3fffffff;

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool BeginsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
// Is this the start of a line that holds `\.` alone?
bool EndsData(std::string_view text) {
  if (!text.starts_with("\\.")) return false;
  text.remove_prefix(2);
  return text.empty() || text.starts_with('\n') || text == "\r" || text.starts_with("\r\n");
}
bool ContinuesWord(char c) { return BeginsWord(c) || IsDigit(c) || c == '$'; }

}  // namespace

int LineAt(std::string_view text, size_t offset) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(offset), '\n'));
}

std::vector<std::string> ShowLine(std::string_view line_text, int line, size_t column) {
  const std::string margin = fmt::format("{} | ", line);
  std::string pad;
  for (size_t i = 0; i < column && i < line_text.size(); ++i) {
    const bool continues = (static_cast<unsigned char>(line_text[i]) & 0xC0) == 0x80;
    if (!continues) pad += line_text[i] == '\t' ? '\t' : ' ';
  }
  return {margin + std::string(line_text), std::string(margin.size() - 2, ' ') + "| " + pad + "^"};
}

int Segmenter::LineOf(size_t offset) {
  if (offset < counted_) return LineAt(text_, offset);
  line_ += LineAt(text_.substr(counted_), offset - counted_) - 1;
  counted_ = offset;
  return line_;
}

void Segmenter::SkipBlanks() {
  while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
}

bool Segmenter::Next(Segment& segment) {
  segment = Segment{};
  has_token_ = in_body_ = after_dot_ = false;
  parentheses_ = cases_ = 0;
  last_word_ = 0;
  SkipBlanks();
  begin_ = at_;
  while (at_ < text_.size()) {
    if (text_[at_] == ';' && parentheses_ == 0 && !in_body_) {
      if (has_token_) break;
      ++at_;
      SkipBlanks();
      begin_ = at_;
      continue;
    }
    Step(segment);
  }
  if (!has_token_) return false;
  size_t end = at_;
  while (end > begin_ && IsBlank(text_[end - 1])) --end;
  segment.text = {begin_, end};
  if (end - begin_ >= kLongestStatement) {
    AddFault("a statement of more than the gigabyte that PostgreSQL takes", segment.first_token);
  }
  const bool has_semicolon = at_ < text_.size();
  if (has_semicolon) ++at_;
  if (segment.first_word == kWordCopy && (segment.words & (kWordStdin | kWordStdout)) != 0) {
    EndOfCopy(segment);
  }
  return true;
}

// Takes one token, comment or run of blanks.
void Segmenter::Step(Segment& segment) {
  const char c = text_[at_];
  if (IsBlank(c)) {
    SkipBlanks();
    return;
  }
  const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (c == '-' && next == '-') return LineComment();
  if (c == '/' && next == '*') return BlockComment();
  if (c == '\\') return Backslash(segment);
  Token(segment, at_);
  if (BeginsWord(c)) return Word(segment);
  const bool was_dot = c == '.';
  last_word_ = 0;
  after_dot_ = false;
  if (IsDigit(c)) return Number();
  if (c == '\'' || c == '"') return Quoted(c, false, segment);
  if (c == '$') return Dollar(segment);
  if (c == '(') ++parentheses_;
  if (c == ')') parentheses_ = std::max(parentheses_ - 1, 0);
  after_dot_ = was_dot;
  ++at_;
}

void Segmenter::Token(Segment& segment, size_t at) {
  if (!has_token_) segment.first_token = at;
  has_token_ = true;
}

void Segmenter::Word(Segment& segment) {
  const size_t begin = at_;
  while (at_ < text_.size() && ContinuesWord(text_[at_])) ++at_;
  const std::string_view written = text_.substr(begin, at_ - begin);
  if (at_ < text_.size() && text_[at_] == '\'' && (written == "E" || written == "e")) {
    last_word_ = 0;
    return Quoted('\'', true, segment);
  }
  const uint32_t word = KnownWordOf(written);
  segment.words |= word;
  if (segment.first_token == begin) segment.first_word = word;
  // A label behind AS or a dot may be any word.
  const bool is_label = last_word_ == kWordAs || after_dot_;
  if (segment.first_word == kWordCreate && !is_label) {
    if (word == kWordAtomic && last_word_ == kWordBegin) in_body_ = true;
    if (in_body_ && word == kWordCase) ++cases_;
    if (in_body_ && word == kWordEnd && --cases_ < 0) {
      in_body_ = false;
      cases_ = 0;
    }
  }
  last_word_ = word;
  after_dot_ = false;
}

void Segmenter::Number() {
  while (at_ < text_.size() && (ContinuesWord(text_[at_]) || text_[at_] == '.')) ++at_;
}

void Segmenter::Quoted(char quote, bool escapes, Segment& segment) {
  const size_t begin = at_++;
  for (;;) {
    const size_t stop = escapes ? text_.find_first_of("'\\", at_) : text_.find(quote, at_);
    if (stop == std::string_view::npos) {
      return Unterminated(quote == '"' ? "quoted identifier" : "quoted string", begin);
    }
    if (text_[stop] == '\\') {
      at_ = std::min(stop + 2, text_.size());
      continue;
    }
    if (!escapes && quote == '\'' && !segment.plain_backslash) {
      segment.plain_backslash = text_.substr(at_, stop - at_).find('\\') != std::string_view::npos;
    }
    at_ = stop + 1;
    if (at_ < text_.size() && text_[at_] == quote) {
      ++at_;
    } else if (size_t more = 0; escapes && ContinuesBehind(at_, more)) {
      at_ = more + 1;
    } else {
      return;
    }
  }
}

// A literal goes on in a further pair of quotes on a later line, with the escapes of its first one.
bool Segmenter::ContinuesBehind(size_t at, size_t& quote) const {
  bool has_newline = false;
  while (at < text_.size()) {
    if (IsBlank(text_[at])) {
      has_newline = has_newline || text_[at] == '\n' || text_[at] == '\r';
      ++at;
    } else if (text_.substr(at, 2) == "--") {
      at = std::min(text_.find_first_of("\r\n", at), text_.size());
    } else {
      break;
    }
  }
  quote = at;
  return has_newline && at < text_.size() && text_[at] == '\'';
}

void Segmenter::Dollar(Segment&) {
  const size_t begin = at_++;
  size_t end = begin + 1;
  if (end < text_.size() && BeginsWord(text_[end])) {
    while (end < text_.size() && ContinuesWord(text_[end]) && text_[end] != '$') ++end;
  }
  if (end >= text_.size() || text_[end] != '$') return;  // a parameter, or nothing known
  const std::string_view tag = text_.substr(begin, end + 1 - begin);
  const size_t close = text_.find(tag, end + 1);
  if (close == std::string_view::npos) return Unterminated("dollar-quoted string", begin);
  at_ = close + tag.size();
}

void Segmenter::LineComment() { at_ = std::min(text_.find_first_of("\r\n", at_), text_.size()); }

void Segmenter::BlockComment() {
  const size_t begin = at_;
  at_ += 2;
  for (int depth = 1; depth > 0;) {
    const size_t stop = text_.find_first_of("*/", at_);
    if (stop == std::string_view::npos) return Unterminated("/* comment", begin);
    const std::string_view pair = text_.substr(stop, 2);
    if (pair == "/*") ++depth;
    if (pair == "*/") --depth;
    at_ = stop + (pair == "/*" || pair == "*/" ? 2 : 1);
  }
}

// Outside of quotes and comments SQL has no backslash. pg_dump writes \restrict and \unrestrict
// around its output, which only psql needs.
void Segmenter::Backslash(Segment& segment) {
  const size_t begin = at_;
  const size_t line_end = std::min(text_.find_first_of("\r\n", at_), text_.size());
  size_t end = std::min(begin + 2, text_.size());
  while (end < line_end && BeginsWord(text_[begin + 1]) && !IsBlank(text_[end])) ++end;
  const std::string_view command = text_.substr(begin, end - begin);
  if (!has_token_ && (command == "\\restrict" || command == "\\unrestrict")) {
    at_ = line_end;
    SkipBlanks();
    begin_ = at_;
    return;
  }
  if (command == "\\.") {
    AddFault("\\. ends the data of a COPY … FROM stdin, and there is none before it", begin);
  } else {
    AddFault(fmt::format("{} is a psql command, not SQL", command), begin, true);
  }
  Token(segment, begin);
  at_ = line_end;
}

void Segmenter::EndOfCopy(Segment& segment) {
  const std::string statement(
      text_.substr(segment.text.begin, segment.text.end - segment.text.begin));
  switch (DirectionOfCopy(statement, (segment.words & kWordStdin) != 0)) {
    case CopyDirection::kServer:
      return;
    case CopyDirection::kToClient:
      return AddFault("COPY … TO stdout: a migration has nowhere to put the data",
                      segment.first_token);
    case CopyDirection::kFromClient:
      break;
  }
  // Like psql: the rest of the line first, then the data.
  while (at_ < text_.size() && IsBlank(text_[at_]) && text_[at_] != '\n') ++at_;
  if (text_.substr(at_, 2) == "--") LineComment();
  if (text_.substr(at_, 2) == "\r\n") ++at_;
  if (at_ < text_.size() && text_[at_] != '\n') {
    AddFault("SQL on the line of a COPY … FROM stdin: its data begins on the next one", at_);
  }
  const size_t begin = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
  for (size_t line = begin;;) {
    if (EndsData(text_.substr(line, 4))) {
      segment.data = Span{begin, line};
      at_ = line + 2;
      return;
    }
    const size_t before = text_.find("\n\\.", line);
    if (before == std::string_view::npos) break;
    line = before + 1;
  }
  AddFault("COPY … FROM stdin without the line `\\.` that ends its data", segment.first_token);
  at_ = text_.size();
}

void Segmenter::Unterminated(std::string_view what, size_t from) {
  const size_t begin = from == 0 ? 0 : text_.rfind('\n', from - 1) + 1;
  const std::string_view line = text_.substr(begin);
  const int number = LineOf(from);
  faults_.push_back({fmt::format("unterminated {}", what), number,
                     ShowLine(line.substr(0, line.find_first_of("\r\n")), number, from - begin)});
  is_left_open_ = true;
  at_ = text_.size();
}

void Segmenter::AddFault(std::string what, size_t offset, bool is_psql) {
  const size_t begin = offset == 0 ? 0 : text_.rfind('\n', offset - 1) + 1;
  std::string_view line = text_.substr(begin);
  line = line.substr(0, line.find_first_of("\r\n"));
  while (!line.empty() && IsBlank(line.front())) line.remove_prefix(1);
  while (!line.empty() && IsBlank(line.back())) line.remove_suffix(1);
  faults_.push_back({std::move(what), LineOf(offset), {std::string(line)}, is_psql});
}

}  // namespace rung::sql
