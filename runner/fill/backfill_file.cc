#include "fill/backfill_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "core/error.h"
#include "files/checksum.h"
#include "files/numbered_file.h"

namespace rung::fill {
namespace {

using core::Problem;

core::Error Refused(std::vector<Problem> problems) {
  return core::Error(core::Failure::kUsage, std::move(problems), "nothing was run",
                     "correct the file and run it again");
}

// Reads one file; every fault becomes a problem with its line.
class Reader {
 public:
  Reader(const files::NumberedFile& file, std::vector<Problem>& problems)
      : file_(file), problems_(problems) {}

  BackfillFile Read() {
    BackfillFile backfill{
        file_.version, file_.name, file_.path, files::Sha256(file_.bytes), {}, {}};
    toml::table root;
    try {
      root = toml::parse(file_.bytes);
    } catch (const toml::parse_error& e) {
      Report(e.source().begin, std::string(e.description()));
      return backfill;
    }
    CheckKeys(root, {"description", "fill"});
    backfill.description = Text(root, "description").value_or("");
    const toml::array* fills = root["fill"].as_array();
    if (fills == nullptr || fills->empty() || !fills->is_array_of_tables()) {
      const toml::node* node = root.get("fill");
      Report(node == nullptr ? root.source().begin : node->source().begin,
             "a backfill needs at least one [[fill]]");
      return backfill;
    }
    for (const toml::node& node : *fills) ReadFill(*node.as_table(), backfill.fills);
    return backfill;
  }

 private:
  void ReadFill(const toml::table& table, std::vector<Fill>& fills) {
    CheckKeys(table, {"table", "tables", "from", "match", "set", "where", "once", "sweep", "key",
                      "triggers", "guard"});
    Fill fill;
    fill.place = Place(table.source().begin);
    fill.once = Flag(table, "once");
    fill.guard = Flag(table, "guard");
    if (fill.guard && fill.once) {
      Report(table.get("guard")->source().begin,
             "guard = true and once = true: what is done once is not kept right");
    }
    ReadSweep(table, fill);
    if (const auto triggers = Text(table, "triggers")) {
      fill.guards_triggers = *triggers == "guarded";
      if (*triggers != "fire" && *triggers != "guarded") {
        Report(table.get("triggers")->source().begin, "triggers is \"fire\" or \"guarded\"");
      }
    }
    if (const auto from = Text(table, "from")) {
      const auto name = sql::ParseTableName(*from);
      if (const auto* error = std::get_if<sql::SyntaxError>(&name)) {
        Report(table.get("from")->source().begin, fmt::format("from: {}", error->message));
      } else {
        fill.from = std::get<sql::TableName>(name);
      }
    }
    fill.match = ReadExpression(table, "match");
    fill.where = ReadExpression(table, "where");
    if (table.contains("from") != table.contains("match")) {
      Report(table.source().begin,
             "`from` and `match` go together: this fill has only one of them");
    }
    ReadSet(table, fill);
    for (const std::string& name : Tables(table)) {
      fill.table = name;
      CheckColumns(table, fill);
      fills.push_back(fill);
    }
  }

  void ReadSweep(const toml::table& table, Fill& fill) {
    fill.key = Names(table, "key", "column names");
    if (const auto sweep = Text(table, "sweep")) {
      const auto at = table.get("sweep")->source().begin;
      fill.by_key = *sweep == "key";
      if (*sweep != "key" && *sweep != "page") Report(at, "sweep is \"page\" or \"key\"");
      if (*sweep == "page" && fill.once) Report(at, "once = true needs the key sweep");
      if (*sweep == "page" && !fill.key.empty()) Report(at, "`key` is for the key sweep");
    }
  }

  // A list of at least one text, none of them twice; empty where there is no such key.
  std::vector<std::string> Names(const toml::table& table, const char* key, const char* of_what) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return {};
    std::vector<std::string> names;
    const toml::array* list = node->as_array();
    if (list == nullptr || list->empty()) {
      Report(node->source().begin, fmt::format("`{}` is a list of {}", key, of_what));
      return {};
    }
    for (const toml::node& element : *list) {
      const auto name = element.value_exact<std::string>();
      if (!name) {
        Report(element.source().begin, fmt::format("`{}` is a list of {}", key, of_what));
      } else if (std::find(names.begin(), names.end(), *name) != names.end()) {
        Report(element.source().begin, fmt::format("`{}` has {} twice", key, *name));
      } else {
        names.push_back(*name);
      }
    }
    return names;
  }

  std::vector<std::string> Tables(const toml::table& table) {
    if (table.contains("table") == table.contains("tables")) {
      Report(table.source().begin, "a fill needs either `table` or `tables`");
      return {};
    }
    if (table.contains("table")) {
      const auto name = Text(table, "table");
      return name ? CheckedName(*name, *table.get("table")) : std::vector<std::string>{};
    }
    std::vector<std::string> names;
    const toml::array* list = table["tables"].as_array();
    if (list == nullptr || list->empty()) {
      Report(table.get("tables")->source().begin, "`tables` is a list of at least one table name");
      return {};
    }
    for (const toml::node& node : *list) {
      const auto name = node.value<std::string>();
      if (!name) {
        Report(node.source().begin, "`tables` is a list of table names");
        continue;
      }
      for (std::string& checked : CheckedName(*name, node)) {
        if (std::find(names.begin(), names.end(), checked) != names.end()) {
          Report(node.source().begin, fmt::format("table {} is listed twice", checked));
        }
        names.push_back(std::move(checked));
      }
    }
    return names;
  }

  std::vector<std::string> CheckedName(const std::string& name, const toml::node& node) {
    const auto parsed = sql::ParseTableName(name);
    if (const auto* error = std::get_if<sql::SyntaxError>(&parsed)) {
      Report(node.source().begin, fmt::format("table \"{}\": {}", name, error->message));
      return {};
    }
    return {name};
  }

  void ReadSet(const toml::table& table, Fill& fill) {
    const toml::table* set = table["set"].as_table();
    if (set == nullptr || set->empty()) {
      Report(table.contains("set") ? table.get("set")->source().begin : table.source().begin,
             "a fill needs `set = { column = \"expression\" }`");
      return;
    }
    for (const auto& [column, node] : *set) {
      const auto text = node.value<std::string>();
      if (!text) {
        Report(node.source().begin,
               fmt::format("set: the value of {} is an SQL expression in quotes",
                           std::string(column.str())));
        continue;
      }
      if (auto value = Parse(*text, fmt::format("set: {}", std::string(column.str())), node)) {
        fill.set.push_back({std::string(column.str()), *std::move(value)});
      }
    }
  }

  // Every column is the filled table's or the source's.
  void CheckColumns(const toml::table& table, const Fill& fill) {
    const auto check = [&](const char* key, const sql::Expression& expression,
                           bool may_read_source) {
      for (const sql::ColumnUse& use : expression.columns) {
        if (use.qualifier.empty()) continue;
        const bool is_source = fill.from && use.qualifier == fill.from->alias;
        if (is_source && may_read_source) continue;
        Report(table.get(key)->source().begin,
               is_source ? fmt::format("{} may only read columns of {}, not {}.{}", key, fill.table,
                                       use.qualifier, use.column)
                         : fmt::format("{} reads {}.{}, but {} is neither the filled table (its "
                                       "columns stand alone, or with t.) nor `from`",
                                       key, use.qualifier, use.column, use.qualifier));
      }
    };
    if (fill.match) check("match", *fill.match, true);
    if (fill.where) check("where", *fill.where, false);
    for (const Assignment& assignment : fill.set) {
      check("set", assignment.value, true);
      const bool reads_itself =
          std::find(assignment.value.columns.begin(), assignment.value.columns.end(),
                    sql::ColumnUse{"", assignment.column}) != assignment.value.columns.end();
      if (reads_itself && !fill.once) {
        Report(table.get("set")->source().begin,
               fmt::format("set: the expression for {0} reads {0}, so a row could be changed "
                           "twice: say `once = true` to have each key visited exactly once",
                           assignment.column));
      }
    }
  }

  std::optional<sql::Expression> ReadExpression(const toml::table& table, const char* key) {
    const auto text = Text(table, key);
    return text ? Parse(*text, key, *table.get(key)) : std::nullopt;
  }

  std::optional<sql::Expression> Parse(const std::string& text, const std::string& what,
                                       const toml::node& node) {
    auto parsed = sql::ParseExpression(text, kAlias);
    if (const auto* error = std::get_if<sql::SyntaxError>(&parsed)) {
      Report(node.source().begin, fmt::format("{}: {}", what, error->message));
      return std::nullopt;
    }
    return std::get<sql::Expression>(std::move(parsed));
  }

  std::optional<std::string> Text(const toml::table& table, const char* key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    auto text = node->value_exact<std::string>();
    if (!text) Report(node->source().begin, fmt::format("`{}` is a text in quotes", key));
    return text;
  }

  bool Flag(const toml::table& table, const char* key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return false;
    const auto flag = node->value_exact<bool>();
    if (!flag) Report(node->source().begin, fmt::format("`{}` is true or false", key));
    return flag.value_or(false);
  }

  void CheckKeys(const toml::table& table, std::initializer_list<std::string_view> known) {
    for (const auto& [key, node] : table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      Report(key.source().begin, fmt::format("unknown key `{}`; known here: {}",
                                             std::string(key.str()), fmt::join(known, ", ")));
    }
  }

  std::string Place(const toml::source_position& at) const {
    return fmt::format("{}:{}", file_.path, at.line == 0 ? 1 : at.line);
  }

  void Report(const toml::source_position& at, std::string what) {
    const Problem problem{Place(at), std::move(what), {}};
    const auto same = [&](const Problem& p) {
      return p.where == problem.where && p.what == problem.what;
    };
    if (std::none_of(problems_.begin(), problems_.end(), same)) problems_.push_back(problem);
  }

  const files::NumberedFile& file_;
  std::vector<Problem>& problems_;
};

}  // namespace

std::vector<BackfillFile> ReadBackfillFiles(const std::filesystem::path& directory) {
  std::vector<BackfillFile> backfills;
  std::vector<Problem> problems;
  for (const files::NumberedFile& file : files::ReadNumberedFiles(directory, ".toml")) {
    backfills.push_back(Reader(file, problems).Read());
  }
  if (!problems.empty()) throw Refused(std::move(problems));
  return backfills;
}

}  // namespace rung::fill
