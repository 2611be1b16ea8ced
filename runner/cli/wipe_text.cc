#include "cli/wipe_text.h"

#include <fmt/format.h>

#include <numeric>

#include "cli/event_text.h"
#include "cli/table.h"
#include "core/visible.h"

namespace rung::cli {
namespace {

// "Sessions at work now:" and a line each; nothing where there is none.
std::string List(const std::string& title, const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += "  " + core::Visible(item) + "\n";
  return items.empty() ? "" : title + "\n" + text;
}

int64_t RowsOf(const std::vector<reset::KeptTable>& kept) {
  return std::accumulate(
      kept.begin(), kept.end(), int64_t{0},
      [](int64_t sum, const reset::KeptTable& table) { return sum + table.rows; });
}

}  // namespace

std::string TextOf(const reset::WipePlan& plan, const std::string& target,
                   const std::string& reference) {
  Table tables({{"table"}, {"rows", Table::Align::kRight}, {"size", Table::Align::kRight}});
  for (const reset::TenantTable& table : plan.tables) {
    tables.Add({table.name, FormatCount(table.rows), FormatBytes(table.bytes)});
  }
  tables.Add({fmt::format("{} tables", plan.tables.size()), FormatCount(plan.Rows()),
              FormatBytes(plan.Bytes())});
  tables.SetTotal();
  std::string text =
      fmt::format("{}\nproject reference: {}\nsystem_identifier: {}\n\n", core::Visible(target),
                  core::Visible(reference), plan.system_identifier);
  text += tables.Text() + "\n";
  text += fmt::format("{} sequences start again. Kept as they are: {} tables with {} rows.\n",
                      plan.sequences.size(), plan.kept.size(), FormatCount(RowsOf(plan.kept)));
  text += List("Triggers that fire on TRUNCATE:", plan.around.triggers);
  text += List("Publications that pass it on:", plan.around.publications);
  text += List("Sessions at work now:", plan.around.sessions);
  return text;
}

}  // namespace rung::cli
