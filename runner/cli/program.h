// What every command is given, and the one way from there to the database.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/log.h"
#include "cli/options.h"
#include "core/actor.h"
#include "fill/backfill_file.h"
#include "migrate/migration.h"
#include "pg/connection.h"
#include "pg/own_schema.h"
#include "pg/target.h"

namespace rung::cli {

struct Program {
  const Options& options;
  Console& console;
  core::EventSink& events;
  std::stop_token stop;
  core::Actor actor;
  pg::OwnSchema schema;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  // "rung up": what pg_stat_activity shows.
  std::string ApplicationName() const { return "rung " + options.command; }
};

// Finds the database and makes its password known to the redactor. Does not connect.
pg::Target ResolveTarget(Program& program);

// The server's notices become events.
pg::Connection Connect(Program& program, const pg::Target& target);

// No backfills where the default directory does not exist; an error where a named one does not.
std::vector<fill::BackfillFile> ReadBackfills(const Program& program);

// Who runs this, from the system and the environment of CI.
core::Actor ReadActor(const Environment& environment);

}  // namespace rung::cli
