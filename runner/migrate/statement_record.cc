#include "migrate/statement_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/utf8.h"
#include "files/checksum.h"
#include "pg/text_array.h"
#include "sql/tokens.h"

namespace rung::migrate {
namespace {

constexpr pg::OwnStep kSteps[] = {{"statement", 1, R"(
CREATE TABLE {rung}.statement (
  version text NOT NULL,
  number  integer NOT NULL,
  line    integer NOT NULL,
  head    text NOT NULL,
  digest  text NOT NULL,
  PRIMARY KEY (version, number)
))"}};

constexpr pg::OwnColumn kColumns[] = {{"version", "text"},
                                      {"number", "integer"},
                                      {"line", "integer"},
                                      {"head", "text"},
                                      {"digest", "text"}};

constexpr std::string_view kInsert = R"(
INSERT INTO {{rung}}.statement (version, number, line, head, digest)
SELECT ${}::text, number, line, head, digest
FROM unnest(${}::integer[], ${}::integer[], ${}::text[], ${}::text[])
  AS s (number, line, head, digest)
ON CONFLICT (version, number) DO UPDATE SET
  line = excluded.line, head = excluded.head, digest = excluded.digest)";

constexpr std::string_view kRead = R"(
SELECT number, line, head, digest FROM {rung}.statement WHERE version = $1 ORDER BY number)";

constexpr std::string_view kDelete = "DELETE FROM {rung}.statement WHERE version = $1";

}  // namespace

std::span<const pg::OwnStep> StatementSteps() { return kSteps; }

const pg::OwnTable& StatementTable() {
  static constexpr pg::OwnTable kTable{"statement", std::size(kSteps), kColumns};
  return kTable;
}

std::string DigestOf(const sql::Statement& statement) {
  files::Sha256Sum sum;
  sum.Add(sql::TokenText(std::string(statement.text))).Add(";\n");
  if (statement.data) sum.Add(*statement.data);
  return sum.Hex().substr(0, 16);
}

std::string ShortHead(const sql::Statement& statement, const Redact& redact) {
  constexpr size_t kLongest = 200;
  const std::string head = redact(std::string(statement.head.substr(0, kLongest * 8)));
  const size_t end = core::ByteOffset(head, kLongest);
  return end < head.size() ? head.substr(0, end) + "…" : head;
}

std::vector<RecordedStatement> DescribeStatements(const Migration& migration, int begin, int end,
                                                  const Redact& redact) {
  std::vector<RecordedStatement> described;
  for (int i = begin; i < std::min(end, kMostKept); ++i) {
    const sql::Statement& statement = migration.statements[static_cast<size_t>(i)];
    described.push_back(
        {i + 1, statement.head_line, ShortHead(statement, redact), DigestOf(statement)});
  }
  return described;
}

std::string InsertStatementsSql(int first) {
  return fmt::format(kInsert, first, first + 1, first + 2, first + 3, first + 4);
}

pg::Params StatementParams(const std::string& version,
                           std::span<const RecordedStatement> statements) {
  pg::Params numbers, lines, heads, digests;
  for (const RecordedStatement& statement : statements) {
    numbers.push_back(std::to_string(statement.number));
    lines.push_back(std::to_string(statement.line));
    heads.push_back(statement.head);
    digests.push_back(statement.digest);
  }
  return {version, pg::TextArray(numbers), pg::TextArray(lines), pg::TextArray(heads),
          pg::TextArray(digests)};
}

std::vector<RecordedStatement> ReadStatements(pg::Connection& connection,
                                              const pg::OwnSchema& schema,
                                              const std::string& version) {
  std::vector<RecordedStatement> statements;
  for (const auto& row : connection.Exec(schema.In(kRead), {version})) {
    statements.push_back(
        {row[0].as<int>(), row[1].as<int>(), row[2].as<std::string>(), row[3].as<std::string>()});
  }
  return statements;
}

void SaveStatements(pg::Connection& connection, const pg::OwnSchema& schema,
                    const std::string& version, std::span<const RecordedStatement> statements) {
  connection.Exec(schema.In(InsertStatementsSql(1)), StatementParams(version, statements));
}

void DeleteStatements(pg::Connection& connection, const pg::OwnSchema& schema,
                      const std::string& version) {
  connection.Exec(schema.In(kDelete), {version});
}

}  // namespace rung::migrate
