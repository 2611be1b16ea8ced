#include "backfill/batch_plan.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pg/connection.h"

namespace rung::backfill {
namespace {

using Json = nlohmann::json;

std::string Text(const Json& node, const char* key) {
  const auto found = node.find(key);
  return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

// An SQL text without what stands in quotes, which could be anything.
std::string WithoutQuoted(const std::string& sql) {
  std::string bare;
  char quote = 0;
  for (const char c : sql) {
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0) {
      bare += c;
    }
  }
  return bare;
}

// Of a range by key only the upper bound is always there: the first chunk has no lower one.
bool HasUpperBound(const std::string& condition) {
  return WithoutQuoted(condition).find(" <= ") != std::string::npos;
}

// The condition of a bitmap, which may be put together from several indexes: one is enough.
bool BitmapHasRange(const Json& node) {
  if (HasUpperBound(Text(node, "Index Cond"))) return true;
  if (Text(node, "Node Type") == "BitmapOr") return false;
  const auto children = node.find("Plans");
  return children != node.end() && std::any_of(children->begin(), children->end(), BitmapHasRange);
}

bool IsByRange(const Json& node, Sweep sweep) {
  const std::string type = Text(node, "Node Type");
  if (sweep == Sweep::kPage) return type == "Tid Range Scan";
  if (type == "Index Scan" || type == "Index Only Scan") {
    return HasUpperBound(Text(node, "Index Cond"));
  }
  if (type == "Bitmap Heap Scan") return BitmapHasRange(node);
  if (type == "Foreign Scan") return HasUpperBound(Text(node, "Remote SQL"));
  return type != "Seq Scan" && type != "Sample Scan" && type != "Tid Range Scan";
}

bool IsWhole(const Json& node) {
  const std::string type = Text(node, "Node Type");
  if (type == "Seq Scan") return true;
  return (type == "Index Scan" || type == "Index Only Scan") && Text(node, "Index Cond").empty();
}

bool Sorts(const Json& node) {
  if (Text(node, "Node Type") == "Sort") return true;
  const auto children = node.find("Plans");
  return children != node.end() && std::any_of(children->begin(), children->end(), Sorts);
}

class Reader {
 public:
  explicit Reader(Sweep sweep) : sweep_(sweep) {}

  // `is_limited`: a LIMIT above may end the scan early.
  void Walk(const Json& node, bool is_limited) {
    const std::string type = Text(node, "Node Type");
    const bool is_scan = type != "ModifyTable" && !Text(node, "Relation Name").empty();
    if (is_scan && Text(node, "Alias") == fill::kAlias) {
      if (!IsByRange(node, sweep_)) reading_.scans_target = true;
    } else if (is_scan && !is_limited && IsWhole(node)) {
      const std::string table = pg::QuoteName(Text(node, "Schema"), Text(node, "Relation Name"));
      auto& whole = reading_.read_whole;
      if (std::find(whole.begin(), whole.end(), table) == whole.end()) whole.push_back(table);
    }
    const auto children = node.find("Plans");
    if (children == node.end()) return;
    for (const Json& child : *children) Walk(child, is_limited || type == "Limit");
  }

  Reading Take() { return std::move(reading_); }

 private:
  Sweep sweep_;
  Reading reading_;
};

}  // namespace

Reading ReadPlan(std::string_view json, Sweep sweep) {
  const Json plans = Json::parse(json);
  Reader reader(sweep);
  for (const Json& plan : plans) {
    if (const auto root = plan.find("Plan"); root != plan.end()) reader.Walk(*root, false);
  }
  return reader.Take();
}

bool SortsRows(std::string_view json) {
  const Json plans = Json::parse(json);
  return std::any_of(plans.begin(), plans.end(), [](const Json& plan) {
    const auto root = plan.find("Plan");
    return root != plan.end() && Sorts(*root);
  });
}

}  // namespace rung::backfill
