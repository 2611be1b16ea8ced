#include "migrate/token_checksum.h"

#include <string_view>

#include "files/checksum.h"
#include "sql/segments.h"
#include "sql/tokens.h"

namespace rung::migrate {

// Statement by statement, so that the tokens of a large file are never in memory together.
TokenChecksum::operator const std::string&() const {
  if (!known_) {
    const std::string_view text = *text_;
    files::Sha256Sum sum;
    sql::Segmenter segmenter(text);
    for (sql::Segment segment; segmenter.Next(segment);) {
      const auto part = [&](const sql::Span& span) {
        return text.substr(span.begin, span.end - span.begin);
      };
      sum.Add(sql::TokenText(std::string(part(segment.text)))).Add(";\n");
      if (segment.data) sum.Add(part(*segment.data));
    }
    known_ = sum.Hex();
  }
  return *known_;
}

}  // namespace rung::migrate
