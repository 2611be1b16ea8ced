// What a file leaves in its session does not reach the next one.

#include <gtest/gtest.h>

#include "integration/gate.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class BetweenFiles : public testing::TestWithParam<const char*> {
 protected:
  Project project_;
  const std::string header_ = GetParam();
};

INSTANTIATE_TEST_SUITE_P(Kinds, BetweenFiles, testing::Values("", "-- rung: no-transaction\n"),
                         [](const auto& parameter) {
                           return *parameter.param == '\0' ? "InATransaction" : "WithoutOne";
                         });

TEST_P(BetweenFiles, NothingOfTheSessionIsLeft) {
  project_.database.Query("CREATE TABLE item (id serial)");
  project_.Write("migrations/001_leave.sql", header_ + R"(
SET search_path = pg_catalog;
SET my.tenant = '7';
SELECT set_config('work_mem', '1MB', false);
SET ROLE pg_monitor;
RESET ROLE;
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE;
CREATE TEMP TABLE scratch (id int);
PREPARE p AS SELECT 1;
LISTEN news;
SELECT pg_advisory_lock(99);
INSERT INTO public.item DEFAULT VALUES;
)");
  project_.Write("migrations/002_look.sql", R"(
CREATE TEMP TABLE scratch (id int);
PREPARE p AS SELECT 1;
CREATE TABLE seen AS SELECT current_setting('search_path') AS path,
  current_setting('my.tenant', true) AS tenant, current_setting('work_mem') AS memory,
  current_user = session_user AS own_role,
  (SELECT count(*) FROM pg_listening_channels()) AS channels,
  (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks;
DO $$ BEGIN
  PERFORM currval('item_id_seq');
  RAISE EXCEPTION 'currval is left';
EXCEPTION WHEN object_not_in_prerequisite_state THEN NULL;
END $$;
)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT * FROM seen"),
            (Rows{{"\"$user\", public", "", "4MB", "t", "0", "0"}}));
}

// Its trigger finds its table by the search path that the file has set.
TEST(DeferredTrigger, RunsUnderTheSettingsOfItsFile) {
  Project project;
  project.Write("migrations/001_defer.sql", R"(
CREATE SCHEMA app;
SET search_path = app;
CREATE TABLE log (id int);
CREATE TABLE item (id int);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO log VALUES (NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER note AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION note();
INSERT INTO item VALUES (5);
)");
  project.RunExpecting(0, {"up"});
  EXPECT_EQ(project.database.Query("SELECT id FROM app.log"), (Rows{{"5"}}));
}

TEST(AFileThatIsReplacedWhileTheRunWaits, RunsAsItWasReadAtTheStart) {
  Project project;
  Gate gate(project.database);
  project.Write("migrations/001_wait.sql", "SELECT wait_at_gate();\n");
  project.Write("migrations/002_item.sql", "CREATE TABLE item (id int);\n");
  Process run(project.Rung({"up"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  project.Write("migrations/002_item.sql", "CREATE TABLE item (id text);\n");
  gate.Open();
  EXPECT_EQ(run.Wait().exit, 0);
  EXPECT_EQ(project.database.Value("SELECT atttypid::regtype FROM pg_attribute "
                                   "WHERE attrelid = 'item'::regclass AND attname = 'id'"),
            "integer");
  EXPECT_EQ(Masked(project, project.RunExpecting(1, {"up"}).err),
            R"(rung: migrations/002_item.sql: changed since it was applied on <time>
  statement 1 of 1 differs, line 1: CREATE TABLE item (id text)
  it was, in line 1: CREATE TABLE item (id int)
  applied: sha256 <sha256>
  file:    sha256 <sha256>
  state: nothing was changed by this run
  next:  bring the files back to what was applied, and put changes into a new migration with the next number; `rung repair` accepts what is meant to be so
)");
}

}  // namespace
}  // namespace rung::test
