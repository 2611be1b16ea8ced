// Pause, resume and cancel, from another connection than the run's.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/gate.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

class Control : public testing::Test {
 protected:
  Control() {
    project_.Write("migrations/001_item.sql",
                   "CREATE TABLE item (id int PRIMARY KEY, org text);\n"
                   "INSERT INTO item SELECT generate_series(1, 20000);\n");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
    project_.Write("migrations/002_index.sql", "CREATE INDEX ON item (org);\n");
    project_.RunExpecting(3, {"migrate"});
    gate_.Guard("item");
  }

  // A run that stands in its first batch.
  std::unique_ptr<Process> Started() {
    auto run = std::make_unique<Process>(project_.Rung({"up", "--batch-ms", "1"}));
    EXPECT_TRUE(gate_.WaitUntilReached());
    return run;
  }

  std::string Filled() {
    return project_.database.Value("SELECT count(*) FROM item WHERE org = 'org_' || id");
  }

  std::string Told(std::vector<std::string> arguments, int exit = 0) {
    return project_.RunExpecting(exit, std::move(arguments)).err;
  }

  std::string State() {
    const std::string out = project_.RunExpecting(0, {"status", "--format", "csv"}).out;
    return out.substr(out.find("001_org,"), 40)
        .substr(0, out.substr(out.find("001_org,")).find('\n'));
  }

  std::string Events() {
    std::string events;
    for (const auto& row : project_.database.Query(
             "SELECT kind, subject, detail FROM rung.event "
             "WHERE kind ~ '^backfill (paused|resumed|cancelled)' ORDER BY id")) {
      events += row[0] + " " + row[1] + " " + row[2] + "\n";
    }
    return events;
  }

  Project project_;
  Gate gate_{project_.database};
};

TEST_F(Control, APausedBackfillEndsItsRunAfterTheBatchAndKeepsIt) {
  const auto run = Started();
  EXPECT_EQ(
      Told({"pause"}),
      "001_org: paused: batches under way end, then every run of it does; everything filled is "
      "kept, `rung resume` has it go on\n");
  EXPECT_EQ(Told({"pause", "001"}), "001_org: is paused already\n");
  gate_.Open();
  const Result ended = run->Wait();
  EXPECT_EQ(ended.exit, 3);
  EXPECT_NE(ended.err.find("warning: 001_org: paused or cancelled, `rung resume` has it go on; "
                           "everything done is kept, run it again to go on\n"),
            std::string::npos)
      << ended.err;
  const std::string filled = Filled();
  EXPECT_NE(filled, "0");
  EXPECT_NE(filled, "20000");
  EXPECT_EQ(State().find("001_org,backfill,paused"), 0u) << State();

  project_.RunExpecting(3, {"up"});
  EXPECT_EQ(Filled(), filled);
  EXPECT_EQ(Told({"resume", "org"}),
            "001_org: resumed; `rung up` or `rung backfill` goes on with it\n");
  EXPECT_EQ(Told({"resume", "001_org"}), "001_org: is not paused\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Filled(), "20000");
  EXPECT_EQ(Events(), "backfill paused 001_org was running\nbackfill resumed 001_org was paused\n");
}

TEST_F(Control, ACancelledBackfillKeepsTheMigrationsAboveItWaiting) {
  const auto run = Started();
  EXPECT_EQ(
      Told({"cancel", "001"}),
      "001_org: cancelled: batches under way end, then every run of it does; everything filled "
      "is kept, `rung resume` has it go on\n");
  gate_.Open();
  EXPECT_EQ(run->Wait().exit, 3);
  project_.RunExpecting(3, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.migration"), "1");
  EXPECT_EQ(Told({"pause", "001"}, 1),
            "rung: 001_org: it is cancelled\n  state: nothing was changed\n"
            "  next:  `rung resume` has it go on\n");
  project_.RunExpecting(0, {"resume", "001"});
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Filled(), "20000");
  EXPECT_EQ(Events(),
            "backfill cancelled 001_org was running\nbackfill resumed 001_org was cancelled\n");
}

TEST_F(Control, WhatIsNotThereIsRefusedAndChangesNothing) {
  gate_.Open();
  EXPECT_EQ(Told({"pause"}, 2),
            "rung: no backfill is begun and not complete\n  state: nothing was changed\n"
            "  next:  see `rung status`\n");
  project_.RunExpecting(0, {"up"});
  const std::string before = Fingerprint(project_.database);
  EXPECT_EQ(Told({"pause", "002"}, 2),
            "rung: no backfill `002` is begun\n  state: nothing was changed\n"
            "  next:  see `rung status`\n");
  EXPECT_EQ(Told({"cancel", "001"}, 1),
            "rung: 001_org: it is complete\n  state: nothing was changed\n"
            "  next:  `rung backfill --again` has it verify itself once more\n");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

}  // namespace
}  // namespace rung::test
