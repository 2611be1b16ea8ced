#include "reset/platform_schema.h"

#include <algorithm>

namespace rung::reset {
namespace {

// Source: Supabase's documentation of its schemas, and the roles that own them.
constexpr std::string_view kSchemas[] = {
    "auth",       "storage",    "realtime", "_realtime", "supabase%",         "_supabase%",
    "vault",      "graphql%",   "net",      "cron",      "pgsodium%",         "pgbouncer",
    "extensions", "_analytics", "pgmq%",    "pg_%",      "information_schema"};

}  // namespace

std::span<const std::string_view> PlatformSchemas() { return kSchemas; }

bool IsPlatformSchema(std::string_view schema) {
  return std::any_of(std::begin(kSchemas), std::end(kSchemas), [&](std::string_view known) {
    if (!known.ends_with('%')) return schema == known;
    known.remove_suffix(1);
    return schema.starts_with(known);
  });
}

}  // namespace rung::reset
