// Rows and columns as a text table, as CSV. Pure.
#pragma once

#include <string>
#include <vector>

namespace rung::cli {

class Table {
 public:
  enum class Align { kLeft, kRight };

  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Shape:  one cell a column.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  // The last row is set apart, as a total.
  void SetTotal() { has_total_ = true; }

  bool empty() const { return rows_.empty(); }

  // Columns two spaces apart, no space at line ends; control characters made visible.
  std::string Text() const;

  // RFC 4180, with a header line.
  std::string Csv() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  bool has_total_ = false;
};

}  // namespace rung::cli
