// Owns the table `reject`: rows that the database refuses, set aside by the batch that met them, so that
// the others of their slice are filled. They stay until they are tried again, filled by somebody
// else, or gone.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "backfill/fill_plan.h"
#include "pg/connection.h"
#include "pg/own_schema.h"
#include "pg/transaction.h"

namespace rung::backfill {

std::span<const pg::OwnStep> RejectSteps();

struct Reject {
  int64_t fill_id = 0;
  std::string key;  // a text[] literal; of the row's position where the table has no key
  std::string sqlstate;
  std::string message;
  int attempts = 1;
  std::string shown_key = {};  // "17", "17, eu"
  std::string key_json = {};   // ["17", "eu"]
  std::string first_at = {};
  std::string last_at = {};
};

// True for a fill `f` that has rows set aside: a part of the ledger's statements.
std::string_view HasRejectsSql();

// SQL, true for those rows `t` of this fill's relation that are set aside.
std::string IsSetAside(const pg::OwnSchema& schema, const fill::Relation& relation,
                       int64_t fill_id);

// The rows of a fill that lack a value, whatever else the fill says of them: ` FROM ONLY … WHERE …`.
std::string LackingRows(const FillPlan& plan);

// Sets rows of one fill aside; of one that is so already an attempt is counted.
// Tx:     acts inside the caller's transaction, the one that tried them.
void SaveRejects(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                 const std::vector<Reject>& rejects);

// Locks the entry; false where somebody else holds it, or it is gone.
// Tx:     acts inside the caller's transaction; never waits.
bool HoldReject(pg::Transaction& transaction, const pg::OwnSchema& schema, const Reject& reject);

// Tx:     acts inside the caller's transaction.
void DropReject(pg::Transaction& transaction, const pg::OwnSchema& schema, const Reject& reject);

// Takes out the rows that are gone or have their value, whoever filled them.
// Tx:     opens and commits its own.
void DropSettledRejects(pg::Connection& connection, const pg::OwnSchema& schema,
                        const FillPlan& plan, int64_t fill_id);

// Rows set aside, by fill; fills without one are not in it. Empty where the table does not exist yet.
// Tx:     none; reads. Inside a transaction it sees that one's own.
std::map<int64_t, int64_t> CountRejects(pg::Connection& connection, const pg::OwnSchema& schema);

// All of them, by fill and then the oldest first.
// Tx:     none; reads.
std::vector<Reject> ReadRejects(pg::Connection& connection, const pg::OwnSchema& schema);

}  // namespace rung::backfill
