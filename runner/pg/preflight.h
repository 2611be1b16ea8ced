// What stands in the way of writing to this server, found before anything is tried.
#pragma once

#include <string>

#include "pg/connection.h"

namespace rung::pg {

struct ServerFacts {
  int version = 0;  // 150004
  std::string version_text;
  std::string database;
  std::string role;
  bool is_replica = false;
  bool is_read_only =
      false;               // by default_transaction_read_only, as a full disk sets it on Supabase
  bool is_pooled = false;  // some pooler is in the path, in whichever mode
  bool sees_all_rows = false;  // superuser or BYPASSRLS
};

// Tx:     none; reads.
ServerFacts ReadServerFacts(Connection& connection);

// Errors: core::Error (kFailed) for a replica, read-only mode, a server older than 13.
void RequireWritable(const ServerFacts& facts, const std::string& where);

}  // namespace rung::pg
