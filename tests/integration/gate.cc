#include "integration/gate.h"

#include "support/wait.h"

namespace rung::test {
namespace {

constexpr const char* kFunctions = R"(
CREATE FUNCTION wait_at_gate() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  WHILE NOT pg_try_advisory_lock_shared(4711) LOOP PERFORM pg_sleep(0.02); END LOOP;
  RETURN pg_advisory_unlock_shared(4711);
END $$;
CREATE FUNCTION stand_at_gate() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM public.wait_at_gate(); RETURN NULL; END $$)";

}  // namespace

Gate::Gate(TestDatabase& database) : database_(database), holder_(database.Connect()) {
  database_.Query(kFunctions);
  holder_.Exec("SELECT pg_advisory_lock(4711)");
}

void Gate::Guard(const std::string& table) {
  database_.Query("CREATE TRIGGER stand_at_gate AFTER UPDATE ON " + table +
                  " FOR EACH STATEMENT EXECUTE FUNCTION public.stand_at_gate()");
}

bool Gate::WaitUntilReached(int sessions) {
  return WaitUntil([&] {
    return std::stoi(database_.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "application_name LIKE 'rung %' AND state = 'active' AND wait_event = 'PgSleep'")) >=
           sessions;
  });
}

void Gate::Open() { holder_.Exec("SELECT pg_advisory_unlock(4711)"); }

}  // namespace rung::test
