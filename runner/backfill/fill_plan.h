// One relation of one fill, ready to run: which sweep, and every statement it needs. Pure.
#pragma once

#include <string>
#include <vector>

#include "fill/backfill_file.h"
#include "fill/relation.h"

namespace rung::backfill {

enum class Sweep { kPage, kKey };

// For FillPlan::before_update: the planner reads a table whole only where nothing else is left; and a
// source only row by row, by its index.
inline constexpr const char* kWithoutScans = "SET LOCAL enable_seqscan = off; ";
inline constexpr const char* kRowByRow =
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; ";

struct FillPlan {
  size_t position = 0;  // of the fill in its file
  std::string place;    // of the fill in its file
  std::string table;    // the relation, as people know it
  fill::Fill fill;
  fill::Relation relation;
  bool once = false;
  Sweep sweep = Sweep::kPage;
  std::string why_sweep;  // "ordinary table"

  // Has rows of neighbouring chunks on the same pages already: slices would only read them again.
  bool is_scattered = false;

  // Settings of the batch's own transaction that `update` needs; mostly empty.
  std::string before_update;

  // Writes one slice of a chunk.
  // Shape:  page: $1, $2 the chunk's first and one-past-last tid. key: $1, $2 text arrays, the
  // range
  //         ($1, $2], $1 NULL at the start. $3, a mask, takes of the hash of the row's position the
  //         bits that tell slices apart; they are $4, or in `update_rest` at least $4.
  std::string update;
  std::string update_rest;

  std::string count_fillable;
  std::string count_missing_values;

  // Key sweep only. upper_key: the greatest key as text[]. next_key: the end of the next chunk
  // after key $1 (NULL at the start), up to $2, of at most $3 rows; NULL when there is none.
  std::string upper_key;
  std::string next_key;
};

// The order of the sweep, the key's columns: "tenant, id".
std::string KeyText(const FillPlan& plan);

FillPlan PlanFill(const fill::Fill& fill, size_t position, const fill::Relation& relation,
                  int server_version);

// The plan with its statements leaving out rows of `t`, before any expression of the fill is asked about
// them: that may be what they fail at.
// Shape:  `is_set_aside` is SQL, true for those rows; it may have parameters from $5 on.
FillPlan LeaveOut(FillPlan plan, const std::string& is_set_aside);

// The condition of a slice of a chunk, with the parameters of `update`, and a further one on the row's
// own columns.
std::string SliceCondition(const FillPlan& plan, const std::string& own);

// Rows that fill could write, as a condition that leaves `is_set_aside` out in the same way.
std::string FillableExcept(const fill::Fill& fill, const std::string& is_set_aside);

// The key of the rows `t` as a text[]; the position where the table has none.
std::string KeyText(const fill::Relation& relation);

// The place of the rows `t` in the plan's sweep: the position, or the columns of the key.
std::string PlaceInSweep(const FillPlan& plan);

// True for the row `t` of this key, the SQL of a text[].
std::string HasKey(const fill::Relation& relation, const std::string& key);

const char* ToString(Sweep sweep);

}  // namespace rung::backfill
