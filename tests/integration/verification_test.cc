// Passes after the first one: as many as bring something, and not for ever where nothing comes of them.

#include <gtest/gtest.h>

#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Verification : public testing::Test {
 protected:
  Project project_;
};

// A value travels down the tree about a step a pass.
TEST_F(Verification, GoesOnForAsLongAsEveryPassBringsSomething) {
  project_.Write("migrations/001_folder.sql", R"(
CREATE TABLE folder (id int PRIMARY KEY, parent int REFERENCES folder, org text);
INSERT INTO folder SELECT g, nullif(g - 1, 0), CASE g WHEN 1 THEN 'org' END FROM generate_series(1, 120) g;
)");
  project_.Write("backfills/001_org.toml", R"(
[[fill]]
table = "folder"
from  = "folder"
match = "folder.id = t.parent"
set   = { org = "folder.org" }
)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT org, count(*) FROM folder GROUP BY 1"),
            (Rows{{"org", "120"}}));
  EXPECT_EQ(project_.database.Query("SELECT state, rows_filled, pass > 20 FROM rung.fill"),
            (Rows{{"complete", "119", "t"}}));
}

// A trigger takes the value of some rows away again.
TEST_F(Verification, GivesUpAfterTwentyPassesInARowThatBringNothing) {
  project_.Write("migrations/001_item.sql", R"(
CREATE TABLE item (id int PRIMARY KEY, org text);
INSERT INTO item SELECT generate_series(1, 50);
CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.id <= 3 THEN NEW.org := NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER undo BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION undo();
)");
  project_.Write("backfills/001_org.toml", "[[fill]]\ntable = \"item\"\nset = { org = \"'x'\" }\n");
  const std::string told =
      R"(rung: backfills/001_org.toml:1: item: 3 rows are still fillable, though 20 passes in a row have filled what they found
  state: everything filled so far is kept, the backfill is not complete
  next:  find out what takes the value away again (a trigger, the application), then run it again
)";
  // Told once, when the backfill begins.
  std::string warning = "warning: 001_org: item: trigger undo fires: BEFORE UPDATE, each row\n";
  for (const char* passes : {"22", "42"}) {
    const Result result = project_.RunExpecting(1, {"up", "--quiet"});
    EXPECT_EQ(result.err, warning + told);
    warning.clear();
    EXPECT_EQ(project_.database.Query("SELECT state, pass, passes_in_vain FROM rung.fill")[0][1],
              passes);
  }
  EXPECT_EQ(project_.database.Value("SELECT count(org) FROM item"), "47");
  project_.database.Query("DROP TRIGGER undo ON item");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT count(org) FROM item"), "50");
}

}  // namespace
}  // namespace rung::test
