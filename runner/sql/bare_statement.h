// What is known of a statement that runs outside of our transactions: whether it has to, and how
// the next run finds out what an interrupted one has come to. Pure.
#pragma once

#include <string>
#include <vector>

namespace rung::sql {

// How the end of a statement is known whose run was killed under way.
enum class HowItEnds {
  kWithItsRecord,      // it may run in a transaction, and its record with it
  kRepeatable,         // run twice it does what it does once
  kIndexBuilt,         // CREATE INDEX CONCURRENTLY: the catalog tells
  kIndexDropped,       // DROP INDEX CONCURRENTLY: the catalog tells
  kPartitionDetached,  // DETACH PARTITION CONCURRENTLY: the catalog tells
  kReindexed,          // REINDEX CONCURRENTLY: repeatable, once what it left is taken away
  kUnknown,            // only a person can tell
};

// Names as written, without quotes; schema may be empty.
struct ObjectName {
  std::string schema;
  std::string name;
};

struct BareStatement {
  HowItEnds how = HowItEnds::kUnknown;
  bool is_concurrent = false;        // waits for others' transactions: no lock timeout
  ObjectName table;                  // of kIndexBuilt and kPartitionDetached; REINDEX TABLE
  ObjectName index;                  // of kIndexBuilt (empty where the server names it),
                                     // kIndexDropped; REINDEX INDEX
  ObjectName partition;              // of kPartitionDetached
  std::string reindexed_schema;      // REINDEX SCHEMA
  std::vector<std::string> columns;  // of kIndexBuilt, "" for an expression
};

// Shape:  one statement; kUnknown for a text that does not parse.
BareStatement LookAtBare(const std::string& text);

}  // namespace rung::sql
