// What a file's name says: the number of a rung, its name, and in which tool's style they are
// written. Knows nothing of what is in the file.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/version.h"

namespace rung::files {

enum class NameStyle {
  kNumbered,  // <digits>_<name>.sql: also Supabase's, dbmate's, goose's and tern's
  kFlyway,    // V<version>__<name>.sql, with U<version>__<name>.sql as its undo
  kUpDown,    // <digits>_<name>.up.sql, with <digits>_<name>.down.sql: golang-migrate's
};

struct FileName {
  NameStyle style = NameStyle::kNumbered;
  core::Version version;
  std::string name;         // what stands between the number and the extension
  bool leads_back = false;  // an undo or a down: never run
};

// A name that is none of them; `why` is empty where there is no more to say than that.
struct Misnamed {
  std::string why;
};

// Shape:  extension with its dot; only .sql files come as up and down.
std::variant<FileName, Misnamed> ParseFileName(std::string_view file_name,
                                               std::string_view extension);

// "V<version>__<name>.sql"
std::string FormOf(NameStyle style, std::string_view extension);

// "V1.2__add_org.sql"
std::string WriteFileName(NameStyle style, const core::Version& version, std::string_view name,
                          std::string_view extension);

}  // namespace rung::files
