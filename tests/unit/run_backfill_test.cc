#include "backfill/run_backfill.h"

#include <gtest/gtest.h>

#include "unit/thrown.h"

namespace rung::backfill {
namespace {

fill::BackfillFile File(const std::string& version, const std::string& checksum) {
  return {.version = core::Version::Parse(version).value(),
          .name = "org",
          .path = "backfills/" + version + "_org.toml",
          .checksum = checksum,
          .description = "",
          .fills = {}};
}

BackfillRow Row(const std::string& version, const std::string& checksum) {
  return {.version = core::Version::Parse(version).value(),
          .name = "org",
          .checksum = checksum,
          .state = "running",
          .started_at = "2026-01-02 03:04:05+00",
          .completed_at = ""};
}

TEST(RequireUnchanged, AcceptsAFileThatIsNewOrAsItWas) {
  EXPECT_NO_THROW(RequireUnchanged(File("024", "a"), {}));
  EXPECT_NO_THROW(RequireUnchanged(File("024", "a"), {Row("023", "b"), Row("0024", "a")}));
}

TEST(RequireUnchanged, RefusesAFileEditedAfterItsBackfillBegan) {
  const core::Error error = test::CatchError([] {
    RequireUnchanged(File("024", "new"), {Row("023", "x"), Row("024", "old")});
  });
  EXPECT_EQ(error.failure(), core::Failure::kFailed);
  EXPECT_STREQ(
      error.what(),
      R"(rung: backfills/024_org.toml: changed after the backfill began on 2026-01-02 03:04:05+00
  begun: sha256 old
  file:  sha256 new
  state: nothing was changed by this run; rows filled by the old definition are kept
  next:  bring the file back to what was begun, and put the change into a backfill with a new number
)");
}

}  // namespace
}  // namespace rung::backfill
