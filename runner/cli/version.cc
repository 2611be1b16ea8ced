#include <fmt/format.h>
#include <libpq-fe.h>
#include <pg_query.h>

#include <boost/version.hpp>
#include <pqxx/version.hxx>

#include "cli/commands.h"

namespace rung::cli {

std::string VersionText() {
  return fmt::format("rung {}\nlibpq {}, libpqxx {}, libpg_query {}, Boost {}\n", RUNG_VERSION,
                     PQlibVersion() / 10000, PQXX_VERSION, PG_VERSION, BOOST_LIB_VERSION);
}

}  // namespace rung::cli
