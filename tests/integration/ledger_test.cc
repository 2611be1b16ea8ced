// The ledger's own statements, held at the place where another worker comes between.

#include "backfill/ledger.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "integration/gate.h"
#include "support/project.h"

namespace rung::test {
namespace {

// Between the moment that a statement takes its snapshot and the one in which it has its row, another
// worker may carve the last chunk: the row is then the newest, and what is read beside it must be too.
// A fill whose sweep is over and that seems to have no chunk would be verified, and with once = true
// complete, while that chunk is still open.
TEST(Ledger, AFillIsNeverSeenWithoutTheChunkThatEndedItsSweep) {
  Project project;
  project.Write("migrations/001_item.sql",
                "CREATE TABLE item (id int PRIMARY KEY, hits int NOT NULL DEFAULT 0);\n"
                "INSERT INTO item SELECT generate_series(1, 10);\n");
  project.Write("backfills/001_hits.toml",
                "[[fill]]\ntable = \"item\"\nset = { hits = \"hits + 1\" }\nonce = true\n");
  project.RunExpecting(0, {"up"});
  Gate gate(project.database);
  project.database.Query(R"(
    UPDATE rung.backfill SET state = 'running', completed_at = NULL;
    UPDATE rung.fill SET state = 'sweeping', is_swept = false;
    ALTER TABLE rung.fill RENAME TO held_fill;
    CREATE VIEW rung.fill AS SELECT * FROM rung.held_fill
      WHERE current_setting('application_name') <> 'rung late' OR public.wait_at_gate())");
  const std::string id = project.database.Value("SELECT id FROM rung.held_fill");

  std::optional<backfill::FillCursor> cursor;
  std::jthread late([&] {
    pg::Connection connection = project.database.Connect("rung late");
    pg::Transaction transaction(connection, {});
    cursor = backfill::LockFill(transaction, pg::OwnSchema("rung"), std::stoll(id));
  });
  ASSERT_TRUE(gate.WaitUntilReached());
  project.database.Query(
      "BEGIN; UPDATE rung.held_fill SET is_swept = true; "
      "INSERT INTO rung.chunk (fill_id, lo_page, hi_page, slice_width) VALUES (" +
      id + ", 0, 0, 1024); COMMIT");
  gate.Open();
  late.join();
  ASSERT_TRUE(cursor);
  EXPECT_TRUE(cursor->is_swept);
  EXPECT_TRUE(cursor->has_chunks);
}

}  // namespace
}  // namespace rung::test
