#include "cli/table.h"

#include <algorithm>
#include <string_view>

#include "core/visible.h"

namespace rung::cli {
namespace {

// Characters, not bytes.
size_t Width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string CsvCell(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string Table::Text() const {
  std::vector<size_t> widths;
  for (const Column& column : columns_) widths.push_back(Width(column.title));
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : rows_) {
    rows.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      rows.back().push_back(core::Visible(row[i]));
      widths[i] = std::max(widths[i], Width(rows.back()[i]));
    }
  }
  const auto line = [&](const auto& cell) {
    std::string text;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const std::string& value = cell(i);
      const std::string pad(widths[i] - Width(value), ' ');
      if (i > 0) text += "  ";
      text += columns_[i].align == Align::kRight ? pad + value : value + pad;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::vector<std::string> rules;
  for (size_t width : widths) rules.emplace_back(width, '-');
  std::string text = line([&](size_t i) -> const std::string& { return columns_[i].title; });
  text += line([&](size_t i) -> const std::string& { return rules[i]; });
  for (size_t row = 0; row < rows.size(); ++row) {
    if (has_total_ && row + 1 == rows.size()) {
      text += line([&](size_t i) -> const std::string& { return rules[i]; });
    }
    text += line([&](size_t i) -> const std::string& { return rows[row][i]; });
  }
  return text;
}

std::string Table::Csv() const {
  std::string text;
  const auto add = [&](const auto& cells, const auto& text_of) {
    for (size_t i = 0; i < cells.size(); ++i) {
      text += (i > 0 ? "," : "") + CsvCell(text_of(cells[i]));
    }
    text += "\n";
  };
  add(columns_, [](const Column& column) { return column.title; });
  for (const auto& row : rows_) add(row, [](const std::string& cell) { return cell; });
  return text;
}

}  // namespace rung::cli
