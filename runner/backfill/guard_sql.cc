#include "backfill/guard_sql.h"

#include <fmt/format.h>

#include <vector>

#include "fill/fill_sql.h"
#include "pg/connection.h"

namespace rung::backfill {
namespace {

using fill::kAlias;

// A guard that fails never makes the application's write fail: what it leaves out is found by the
// verification, or as a mismatch. What the application has to try again anyway it is told.
constexpr const char* kHandler = R"(
EXCEPTION
  WHEN serialization_failure OR deadlock_detected THEN RAISE;
  WHEN OTHERS THEN
    RAISE WARNING 'rung: the guard of % failed: %', TG_TABLE_NAME, SQLERRM;
    RETURN NEW;
END)";

// A batch and this update may lock the same rows in another order. The batch gives up after a second, and
// comes again: the application's transaction must not be the one that ends.
constexpr const char* kCarryDown = R"(
#variable_conflict use_column
BEGIN
  FOR rung_try IN 1..5 LOOP
  BEGIN
    {};
    RETURN NEW;
  EXCEPTION
    WHEN deadlock_detected THEN
      IF rung_try = 5 THEN RAISE; END IF;
    WHEN serialization_failure THEN RAISE;
    WHEN OTHERS THEN
      RAISE WARNING 'rung: the guard of % failed: %', TG_TABLE_NAME, SQLERRM;
      RETURN NEW;
  END;
  END LOOP;
END)";

// Rung's own batches come to every row by themselves.
constexpr const char* kNotOurs =
    "pg_catalog.current_setting('rung.batch', true) IS DISTINCT FROM 'on'";

template <typename Form>
std::string Join(const std::vector<std::string>& columns, const char* between, Form&& form) {
  std::vector<std::string> parts;
  for (const std::string& column : columns) parts.push_back(form(pg::QuoteName(column)));
  return fmt::format("{}", fmt::join(parts, between));
}

std::string List(const std::vector<std::string>& columns) {
  return Join(columns, ", ", [](const std::string& name) { return name; });
}

std::string AnyChanged(const std::vector<std::string>& columns) {
  return Join(columns, " OR ", [](const std::string& name) {
    return fmt::format("NEW.{0} IS DISTINCT FROM OLD.{0}", name);
  });
}

// The function's rights are its owner's: the application's role need not be able to read the source, or to
// write the other table. So nobody else may make a trigger of it, and its names are looked up
// where the fill's are, never in a caller's own schemas.
std::string Function(const GuardPlace& place, const std::string& name, const std::string& body) {
  const std::string function = place.schema.In("{rung}.") + pg::QuoteName(name) + "()";
  return fmt::format(
      "CREATE OR REPLACE FUNCTION {0} RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET "
      "search_path = {1} AS {2}; REVOKE ALL ON FUNCTION {0} FROM PUBLIC",
      function, place.search_path, pg::QuoteText(body));
}

std::string Execute(const GuardPlace& place, const std::string& name) {
  return fmt::format(" FOR EACH ROW EXECUTE FUNCTION {}{}()", place.schema.In("{rung}."),
                     pg::QuoteName(name));
}

// The body's steps: leave at once where nothing is to be done; look the values up; put them in.
std::string BodyOfTable(const fill::Fill& fill, const std::vector<std::string>& inputs) {
  std::vector<std::string> missing;
  std::vector<std::string> values;
  std::string follow;
  std::string fill_in;
  for (size_t i = 0; i < fill.set.size(); ++i) {
    const std::string column = pg::QuoteName(fill.set[i].column);
    missing.push_back(fmt::format("NEW.{} IS NULL", column));
    values.push_back(fmt::format("{} AS value_{}", fill.set[i].value.text, i));
    follow += fmt::format(
        "    IF NEW.{0} IS NOT DISTINCT FROM OLD.{0} THEN NEW.{0} := rung_found.value_{1}; END "
        "IF;\n",
        column, i);
    fill_in += fmt::format("    IF NEW.{0} IS NULL THEN NEW.{0} := rung_found.value_{1}; END IF;\n",
                           column, i);
  }
  std::string body =
      "\n#variable_conflict use_column\nDECLARE\n  rung_found record;\n"
      "  rung_moved boolean := false;\nBEGIN\n";
  if (!inputs.empty()) {
    body +=
        fmt::format("  IF TG_OP = 'UPDATE' THEN rung_moved := {}; END IF;\n", AnyChanged(inputs));
  }
  body += fmt::format("  IF NOT rung_moved AND NOT ({}) THEN RETURN NEW; END IF;\n",
                      fmt::join(missing, " OR "));
  if (fill.where) {
    body += fmt::format(
        "  PERFORM FROM (SELECT NEW.*) AS {} WHERE {};\n  IF NOT FOUND THEN RETURN NEW; END IF;\n",
        kAlias, fill.where->text);
  }
  body += fmt::format(
      "  SELECT {} INTO rung_found FROM (SELECT NEW.*) AS {}{};\n", fmt::join(values, ", "), kAlias,
      fill.from ? fmt::format(", {} WHERE {}", fill.from->text, fill.match->text) : "");
  body += "  IF rung_moved THEN\n" + follow + "  ELSE\n" + fill_in + "  END IF;\n  RETURN NEW;";
  return body + kHandler;
}

std::string BodyOfSource(const fill::Fill& fill, const GuardPlace& place) {
  const std::string source = pg::QuoteName(fill.from->alias);
  std::vector<std::string> sets;
  std::vector<std::string> any;
  for (const fill::Assignment& assignment : fill.set) {
    const std::string column = pg::QuoteName(assignment.column);
    const std::string& value = assignment.value.text;
    // A value that came from somewhere else stays.
    const std::string follows = fmt::format(
        "({0}.{1} IS DISTINCT FROM {2} AND ({0}.{1} IS NULL OR {0}.{1} IS NOT DISTINCT FROM "
        "(SELECT {2} FROM (SELECT OLD.*) AS {3})))",
        kAlias, column, value, source);
    any.push_back(follows);
    sets.push_back(fill.set.size() == 1
                       ? fmt::format("{} = {}", column, value)
                       : fmt::format("{0} = CASE WHEN {1} THEN {2} ELSE {3}.{0} END", column,
                                     follows, value, kAlias));
  }
  const std::string update =
      fmt::format("UPDATE {} AS {} SET {}\n    FROM (SELECT NEW.*) AS {}\n    WHERE {}{} AND ({})",
                  place.table, kAlias, fmt::join(sets, ", "), source, fill.match->text,
                  fill.where ? " AND " + fill.where->text : "", fmt::join(any, " OR "));
  return fmt::format(kCarryDown, update);
}

}  // namespace

std::string GuardPrefix(const core::Version& version) {
  return fmt::format("guard_{}_", version.text());
}

Guard GuardOfTable(const fill::Fill& fill, const GuardPlace& place) {
  Guard guard;
  guard.name = GuardPrefix(place.version) + std::to_string(place.position + 1);
  guard.trigger = "rung_" + guard.name;
  const std::vector<std::string> inputs = fill::InputColumns(fill);
  const std::vector<std::string> read = fill::ReadColumns(fill);
  guard.create_function = Function(place, guard.name, BodyOfTable(fill, inputs));
  const std::string when =
      read.empty() ? "BEFORE INSERT" : "BEFORE INSERT OR UPDATE OF " + List(read);
  guard.what = read.empty() ? "BEFORE INSERT"
                            : fmt::format("BEFORE INSERT OR UPDATE OF {}", fmt::join(read, ", "));
  guard.create_trigger =
      fmt::format("CREATE TRIGGER {} {} ON ", pg::QuoteName(guard.trigger), when);
  guard.create_rest = Execute(place, guard.name);
  return guard;
}

std::optional<Guard> GuardOfSource(const fill::Fill& fill, const GuardPlace& place) {
  const std::vector<std::string> columns = fill::SourceValueColumns(fill);
  if (columns.empty()) return std::nullopt;
  Guard guard;
  guard.name = fmt::format("{}{}_source", GuardPrefix(place.version), place.position + 1);
  guard.trigger = "rung_" + guard.name;
  guard.create_function = Function(place, guard.name, BodyOfSource(fill, place));
  guard.what = fmt::format("AFTER UPDATE OF {}", fmt::join(columns, ", "));
  guard.create_trigger = fmt::format("CREATE TRIGGER {} AFTER UPDATE OF {} ON ",
                                     pg::QuoteName(guard.trigger), List(columns));
  const std::string rest = Execute(place, guard.name);
  guard.create_rest = fmt::format(" FOR EACH ROW WHEN (({}) AND {}){}", AnyChanged(columns),
                                  kNotOurs, rest.substr(std::string(" FOR EACH ROW").size()));
  return guard;
}

}  // namespace rung::backfill
