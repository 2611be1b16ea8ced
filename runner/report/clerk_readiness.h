// Who is ready to work by organization, and who is not: what Clerk has beside what the database has. Reads
// only, both.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "clerk/client.h"
#include "fill/backfill_file.h"
#include "pg/connection.h"
#include "report/missing.h"

namespace rung::report {

struct ClerkLists {
  std::vector<clerk::Object> organizations;
  std::vector<clerk::Object> users;
  std::vector<clerk::Object> memberships;
  bool has_organizations = true;  // false: the feature is off in this instance
};

// All three, to the end.
// Errors: core::Error (kFailed) where one of them is not whole: nothing can be said then.
ClerkLists ReadClerkLists(clerk::Client& client);

// A row of the table that hands its organization on: of `clients`.
struct Tenant {
  std::string key;
  std::string name;          // of its label column; empty where there is none
  std::string organization;  // as the database has it; empty for NULL
};

// An id in the database that Clerk does not have.
struct StrangeId {
  std::string id;
  std::string near_miss;  // Clerk's id that it would be but for case or white space
  int64_t rows = 0;
  std::vector<std::pair<std::string, int64_t>>
      tables;  // and rows in each, the tenants' own among them
};

struct BlockingTenant {
  Blocker blocker;
  std::vector<clerk::Object> suggestions;
};

struct ClerkReadiness {
  int64_t organizations = 0;
  int64_t users = 0;
  int64_t memberships = 0;
  bool has_organizations = true;
  std::string tenant_table;                    // "clients"
  std::string tenant_column;                   // "clerk_organization_id"
  int64_t hidden_members = 0;                  // memberships of which Clerk does not tell the user
  std::vector<clerk::Object> users_without{};  // an organization; empty where some are hidden
  std::vector<clerk::Object> organizations_without{};  // a tenant
  std::vector<Tenant> tenants_without{};  // an organization of Clerk's: NULL not counted
  std::vector<StrangeId> strange_ids{};   // most rows first
  std::vector<BlockingTenant> blocking{};
  int64_t rows_missing = 0;  // that lack their value, whatever the reason
  int64_t mismatches = 0;    // rows whose value is another than their source's

  bool IsReady() const;
};

// Tx:     opens and rolls back its own, READ ONLY.
// Errors: core::Error: kUsage: the file names no table that hands an organization on; see ReadReport.
ClerkReadiness ReadClerkReadiness(pg::Connection& connection, const fill::BackfillFile& file,
                                  const ClerkLists& clerk);

}  // namespace rung::report
