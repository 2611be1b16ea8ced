#include "cli/event_text.h"

#include <gtest/gtest.h>

namespace rung::cli {
namespace {

using std::chrono::milliseconds;
using Level = core::Notice::Level;

struct Case {
  core::Event event;
  Level level;
  const char* text;
  const char* json;
};

void ExpectShown(std::initializer_list<Case> cases) {
  for (const Case& shown : cases) {
    EXPECT_EQ(LevelOf(shown.event), shown.level) << shown.text;
    EXPECT_EQ(TextOf(shown.event), shown.text);
    EXPECT_EQ(JsonOf(shown.event).dump(), shown.json);
  }
}

TEST(EventText, OfNotices) {
  ExpectShown({
      {core::Notice{Level::kDetail, "a"}, Level::kDetail, "a",
       R"({"event":"notice","level":"detail","text":"a"})"},
      {core::Notice{Level::kInfo, "b"}, Level::kInfo, "b",
       R"({"event":"notice","level":"info","text":"b"})"},
      {core::Notice{Level::kWarning, "it's \"c\"\n"}, Level::kWarning, "warning: it's \"c\"\n",
       R"({"event":"notice","level":"warning","text":"it's \"c\"\n"})"},
  });
}

TEST(EventText, OfMigrations) {
  ExpectShown({
      {core::MigrationStarted{"024_org", 3, 0, true}, Level::kDetail,
       "024_org: applying in one transaction",
       R"({"event":"migration_started","migration":"024_org","statements":3,"resumes_at":0,)"
       R"("one_transaction":true})"},
      {core::MigrationStarted{"025_index", 3, 0, false}, Level::kInfo,
       "025_index: applying 3 statements one by one",
       R"({"event":"migration_started","migration":"025_index","statements":3,"resumes_at":0,)"
       R"("one_transaction":false})"},
      {core::MigrationStarted{"025_index", 3, 1, false}, Level::kInfo,
       "025_index: going on at statement 2 of 3",
       R"({"event":"migration_started","migration":"025_index","statements":3,"resumes_at":1,)"
       R"("one_transaction":false})"},
      {core::StatementStarted{"025_index", 2, 3, "CREATE INDEX CONCURRENTLY i"}, Level::kInfo,
       "025_index: 2/3 CREATE INDEX CONCURRENTLY i",
       R"({"event":"statement_started","migration":"025_index","number":2,"statements":3,)"
       R"("head":"CREATE INDEX CONCURRENTLY i"})"},
      {core::StatementRunning{"025_index", 2, 3, "CREATE INDEX CONCURRENTLY i", milliseconds(12000),
                              "building index: scanning table", "blocks", 1234, 5000},
       Level::kInfo,
       "025_index: 2/3 running for 12 s, building index: scanning table 24% (1,234 of 5,000 "
       "blocks): CREATE INDEX CONCURRENTLY i",
       R"({"event":"statement_running","migration":"025_index","number":2,"statements":3,)"
       R"("head":"CREATE INDEX CONCURRENTLY i","ms":12000,"phase":"building index: scanning table",)"
       R"("done":1234,"total":5000,"unit":"blocks"})"},
      {core::StatementRunning{"025_index", 1, 3, "VACUUM x", milliseconds(2000), "", "", 0, 0},
       Level::kInfo, "025_index: 1/3 running for 2.0 s: VACUUM x",
       R"({"event":"statement_running","migration":"025_index","number":1,"statements":3,)"
       R"("head":"VACUUM x","ms":2000,"phase":"","done":0,"total":0,"unit":""})"},
      {core::StatementRunning{"025_index", 1, 3, "COPY", milliseconds(2000), "copying", "rows",
                              7000, 0},
       Level::kInfo, "025_index: 1/3 running for 2.0 s, copying (7,000 rows): COPY",
       R"({"event":"statement_running","migration":"025_index","number":1,"statements":3,)"
       R"("head":"COPY","ms":2000,"phase":"copying","done":7000,"total":0,"unit":"rows"})"},
      {core::StatementBlocked{
           "025_index",
           2,
           3,
           "ALTER TABLE a",
           milliseconds(1500),
           {{47, "app", "web", "idle in transaction", "SELECT 1", "2026-08-01 03:00:11+00"},
            {48, "", "", "", "", ""},
            {0, "", "", "", "", ""}}},
       Level::kInfo,
       "025_index: 2/3 waits for pid 47 (app, user web, idle in transaction since 2026-08-01 "
       "03:00:11+00: SELECT 1), pid 48 (of another role), a prepared transaction, see "
       "pg_prepared_xacts: ALTER TABLE a",
       R"({"event":"statement_blocked","migration":"025_index","number":2,"statements":3,)"
       R"("head":"ALTER TABLE a","ms":1500,"blockers":[{"pid":47,"application":"app","user":"web",)"
       R"("state":"idle in transaction","query":"SELECT 1","since":"2026-08-01 03:00:11+00"},)"
       R"({"pid":48,"application":"","user":"","state":"","query":"","since":""},)"
       R"({"pid":0,"application":"","user":"","state":"","query":"","since":""}]})"},
      {core::MigrationApplied{"024_org", 3, milliseconds(1234)}, Level::kInfo,
       "024_org: applied, 3 statements in 1.2 s",
       R"({"event":"migration_applied","migration":"024_org","statements":3,"ms":1234})"},
      {core::MigrationApplied{"024_org", 1, milliseconds(5)}, Level::kInfo,
       "024_org: applied, 1 statement in 5 ms",
       R"({"event":"migration_applied","migration":"024_org","statements":1,"ms":5})"},
  });
}

TEST(EventText, OfBackfills) {
  ExpectShown({
      {core::BackfillStarted{"024_org", 20, 5, 2}, Level::kInfo,
       "024_org: 15 of 20 tables to fill, 2 workers",
       R"({"event":"backfill_started","backfill":"024_org","fills":20,"fills_complete":5,)"
       R"("jobs":2})"},
      {core::BackfillStarted{"024_org", 20, 0, 1}, Level::kInfo,
       "024_org: 20 of 20 tables to fill, 1 worker",
       R"({"event":"backfill_started","backfill":"024_org","fills":20,"fills_complete":0,)"
       R"("jobs":1})"},
      {core::BackfillCompleted{"024_org", 1234567, milliseconds(200'000)}, Level::kInfo,
       "024_org: complete and verified, 1,234,567 rows filled, this run took 3 min 20 s",
       R"({"event":"backfill_completed","backfill":"024_org","rows_filled":1234567,)"
       R"("ms":200000})"},
  });
}

TEST(EventText, OfFillsAndBatches) {
  ExpectShown({
      {core::FillStarted{"users", "page sweep", 1, 300'000}, Level::kDetail,
       "users: page sweep begins, about 300,000 rows",
       R"({"event":"fill_started","table":"users","sweep":"page sweep","pass":1,)"
       R"("rows_estimate":300000})"},
      {core::FillStarted{"users", "key sweep", 2, 12}, Level::kDetail,
       "users: key sweep pass 2, about 12 rows",
       R"({"event":"fill_started","table":"users","sweep":"key sweep","pass":2,)"
       R"("rows_estimate":12})"},
      {core::BatchCommitted{"users", 2000, milliseconds(95)}, Level::kDetail,
       "users: 2,000 rows in 95 ms",
       R"({"event":"batch_committed","table":"users","rows":2000,"ms":95})"},
      {core::BatchRetried{"users", "deadlock detected [40P01]"}, Level::kDetail,
       "users: deadlock detected [40P01]; trying again",
       R"({"event":"batch_retried","table":"users","reason":"deadlock detected [40P01]"})"},
      {core::BatchRetried{"", "the server closed the connection"}, Level::kDetail,
       "backfill: the server closed the connection; trying again",
       R"({"event":"batch_retried","table":"","reason":"the server closed the connection"})"},
      {core::FillVerified{"users", 1, 294'000, 0}, Level::kInfo,
       "users: complete, 294,000 rows filled",
       R"({"event":"fill_verified","table":"users","pass":1,"rows_filled":294000,)"
       R"("rows_fillable":0,"rows_set_aside":0})"},
      {core::FillVerified{"users", 1, 294'000, 1500}, Level::kInfo,
       "users: 1,500 rows more to fill, pass 2 begins",
       R"({"event":"fill_verified","table":"users","pass":1,"rows_filled":294000,)"
       R"("rows_fillable":1500,"rows_set_aside":0})"},
      {core::FillVerified{"users", 1, 294'000, 0, 1500}, Level::kInfo,
       "users: 294,000 rows filled, 1,500 set aside",
       R"({"event":"fill_verified","table":"users","pass":1,"rows_filled":294000,)"
       R"("rows_fillable":0,"rows_set_aside":1500})"},
      {core::RowSetAside{"users", "17, eu", "too long [22001]"}, Level::kInfo,
       "users: row 17, eu is set aside: too long [22001]",
       R"({"event":"row_set_aside","table":"users","key":"17, eu","reason":"too long [22001]"})"},
  });
}

TEST(EventText, OfAnErrorHasAllItsPartsForMachines) {
  nlohmann::ordered_json json = ErrorJson(
      core::Error(core::Failure::kFailed, core::Problem{"a.sql:4", "is \"wrong\"", {"4 | x"}},
                  "nothing is kept", "mend it"));
  EXPECT_TRUE(json.contains("time"));
  json.erase("time");
  EXPECT_EQ(json.dump(), R"({"event":"error","problems":[{"where":"a.sql:4","what":"is \"wrong\"",)"
                         R"("excerpt":["4 | x"]}],"state":"nothing is kept","next":"mend it"})");
}

TEST(FormatDuration, ShowsWhatAPersonReads) {
  const auto shown = [](int64_t ms) { return FormatDuration(milliseconds(ms)); };
  EXPECT_EQ(shown(0), "0 ms");
  EXPECT_EQ(shown(999), "999 ms");
  EXPECT_EQ(shown(1000), "1.0 s");
  EXPECT_EQ(shown(9'900), "9.9 s");
  EXPECT_EQ(shown(35'240), "35 s");
  EXPECT_EQ(shown(60'000), "1 min 0 s");
  EXPECT_EQ(shown(3'599'999), "59 min 59 s");
  EXPECT_EQ(shown(3'600'000), "1 h 0 min");
  EXPECT_EQ(shown(90'000'000), "25 h 0 min");
}

TEST(FormatCount, SetsThousandsApart) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1000), "1,000");
  EXPECT_EQ(FormatCount(1'234'567), "1,234,567");
  EXPECT_EQ(FormatCount(-123), "-123");
  EXPECT_EQ(FormatCount(-1234), "-1,234");
  EXPECT_EQ(FormatCount(INT64_MAX), "9,223,372,036,854,775,807");
  EXPECT_EQ(FormatCount(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(FormatBytes, ShowsWhatAPersonReads) {
  EXPECT_EQ(FormatBytes(0), "0 bytes");
  EXPECT_EQ(FormatBytes(1023), "1023 bytes");
  EXPECT_EQ(FormatBytes(8192), "8.0 kB");
  EXPECT_EQ(FormatBytes(256'000'000), "244 MB");
  EXPECT_EQ(FormatBytes(int64_t{5} << 30), "5.0 GB");
  EXPECT_EQ(FormatBytes(int64_t{3000} << 40), "3000 TB");
}

TEST(FormatBytes, RoundsIntoTheNextUnit) {
  EXPECT_EQ(FormatBytes((1 << 20) - 1), "1.0 MB");
  EXPECT_EQ(FormatBytes((1 << 20) - 512), "1.0 MB");
  EXPECT_EQ(FormatBytes((1 << 20) - 513), "1023 kB");
  EXPECT_EQ(FormatBytes(10'239), "10 kB");
  EXPECT_EQ(FormatBytes(10'188), "9.9 kB");
}

}  // namespace
}  // namespace rung::cli
