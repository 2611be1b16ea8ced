#include "pg/server_error.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <regex>

namespace rung::pg {
namespace {

// "DETAIL:  text" with this label, or nullopt.
std::optional<std::string_view> After(std::string_view line, std::string_view label) {
  if (!line.starts_with(label) || !line.substr(label.size()).starts_with(":")) return std::nullopt;
  line.remove_prefix(label.size() + 1);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return line;
}

bool IsSqlState(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) || std::isupper(c);
         });
}

// Takes "ERROR:  42601: message" apart; the severity may be in any language.
void ParseHead(std::string_view line, ServerError& error) {
  const size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    std::string_view rest = line.substr(colon + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.size() > 6 && rest[5] == ':' && IsSqlState(rest.substr(0, 5))) {
      error.sqlstate = rest.substr(0, 5);
      rest.remove_prefix(6);
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
      error.message = rest;
      return;
    }
  }
  error.message = line;
}

}  // namespace

ServerError::ServerError(std::string_view text) {
  std::string* field = nullptr;  // the one that a continued line belongs to
  std::string ignored;
  bool caret_follows = false;
  size_t shown_from = 0;  // where the excerpt begins in its line of the message
  for (bool first = true; !text.empty(); first = false) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view shown = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (first) {
      ParseHead(shown, *this);
      field = &message;
    } else if (caret_follows) {
      const size_t at = shown.find('^');
      caret = at == std::string_view::npos || at < shown_from ? 0 : at - shown_from;
      caret_follows = false;
      field = &ignored;
    } else if (shown.starts_with("LINE ") && shown.find(": ") != std::string_view::npos) {
      line = std::atoi(shown.substr(5).data());
      shown_from = shown.find(": ") + 2;
      excerpt = shown.substr(shown_from);
      caret_follows = true;
    } else if (const auto found_detail = After(shown, "DETAIL")) {
      *(field = &detail) = *found_detail;
    } else if (const auto found_hint = After(shown, "HINT")) {
      *(field = &hint) = *found_hint;
    } else if (const auto found_context = After(shown, "CONTEXT")) {
      *(field = &context) = *found_context;
    } else if (After(shown, "QUERY")) {
      line = 0;  // the place is in a function's query, not in the statement
      field = &ignored;
    } else if (After(shown, "LOCATION") || After(shown, "SCHEMA NAME") ||
               After(shown, "TABLE NAME") || After(shown, "COLUMN NAME") ||
               After(shown, "DATATYPE NAME") || After(shown, "CONSTRAINT NAME")) {
      field = &ignored;
    } else {
      *field += "\n" + std::string(shown);
    }
  }
  summary_ = message + (sqlstate.empty() ? "" : " [" + sqlstate + "]");
}

std::vector<std::string> ServerError::Details() const {
  std::vector<std::string> lines;
  if (!detail.empty()) lines.push_back("detail: " + detail);
  if (!hint.empty()) lines.push_back("hint: " + hint);
  if (!context.empty()) lines.push_back("context: " + context);
  return lines;
}

// "COPY item, line 3, column id: …", where the second word is in the server's language.
int ServerError::LineOfCopy() const {
  static const std::regex kPlace("(^|\n)COPY [^\n]*?, [^ ,\n]+ ([0-9]{1,9})(,|:|\n|$)");
  std::smatch found;
  return std::regex_search(context, found, kPlace) ? std::stoi(found[2]) : 0;
}

Remedy RemedyFor(std::string_view sqlstate) {
  for (const std::string_view state : {"40001", "40P01", "55P03"}) {
    if (sqlstate == state) return Remedy::kRetry;
  }
  return sqlstate == "57014" || sqlstate == "53200" ? Remedy::kSmaller : Remedy::kNone;
}

bool BlamesARow(std::string_view sqlstate) {
  // Of the statement, the session, the server, or the moment.
  constexpr std::string_view kOfOthers[] = {
      "00", "01", "02", "03", "08", "0A", "0B", "0L", "0P", "0Z", "24", "25", "26", "28", "2B",
      "2D", "34", "3B", "3D", "3F", "40", "42", "53", "55", "57", "58", "72", "F0", "HV", "XX"};
  return sqlstate.size() == 5 && std::find(std::begin(kOfOthers), std::end(kOfOthers),
                                           sqlstate.substr(0, 2)) == std::end(kOfOthers);
}

}  // namespace rung::pg
