// Owns the table `statement`: which statements the applied part of each file had, so that a changed
// file can be told by the first statement that differs.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/migration.h"
#include "pg/connection.h"
#include "pg/own_schema.h"
#include "pg/own_shape.h"

namespace rung::migrate {

// The first so many of a file are kept, in this table and in the audit trail: a dump of a million
// INSERTs needs no million rows to be known again.
inline constexpr int kMostKept = 10'000;

struct RecordedStatement {
  int number = 0;  // from 1
  int line = 0;    // of its first line of SQL
  std::string head;
  std::string digest;  // of its tokens and data: 16 hexadecimal digits
};

using Redact = std::function<std::string(const std::string&)>;

std::span<const pg::OwnStep> StatementSteps();
const pg::OwnTable& StatementTable();

// Of its tokens, so that it does not change with comments and white space.
std::string DigestOf(const sql::Statement& statement);

// Its first line of SQL as it is kept: cut where it is very long.
std::string ShortHead(const sql::Statement& statement, const Redact& redact);

// Statements [begin, end) of the file, as far as they are kept.
std::vector<RecordedStatement> DescribeStatements(const Migration& migration, int begin, int end,
                                                  const Redact& redact);

// The record as a part of another statement, so that both take one round trip: SQL whose parameters
// are five from `$first` on.
std::string InsertStatementsSql(int first);
inline constexpr int kStatementParams = 5;
pg::Params StatementParams(const std::string& version,
                           std::span<const RecordedStatement> statements);

// Tx:     acts inside the caller's transaction.
void SaveStatements(pg::Connection& connection, const pg::OwnSchema& schema,
                    const std::string& version, std::span<const RecordedStatement> statements);

// Tx:     none; reads.
std::vector<RecordedStatement> ReadStatements(pg::Connection& connection,
                                              const pg::OwnSchema& schema,
                                              const std::string& version);

// Tx:     acts inside the caller's transaction.
void DeleteStatements(pg::Connection& connection, const pg::OwnSchema& schema,
                      const std::string& version);

}  // namespace rung::migrate
