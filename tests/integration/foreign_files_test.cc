// Directories as other tools have them: they run as they are, or are refused before anything connects.

#include <gtest/gtest.h>

#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class ForeignFiles : public testing::Test {
 protected:
  void Write(const std::string& name, std::string_view text) const {
    project_.Write("migrations/" + name, text);
  }

  // What `up` tells, on a server that it must not try to reach.
  std::string Refusal() const {
    Command command = project_.Rung({"up"});
    command.environment.insert(command.environment.end(), {"PGHOST=/nonexistent", "PGPORT=1"});
    const Result result = test::Run(command);
    EXPECT_EQ(result.exit, 2);
    EXPECT_EQ(result.out, "");
    return Masked(project_, result.err);
  }

  static std::string Refused(const std::string& problems) {
    return problems + "\n  state: nothing was run\n  next:  correct the files and run it again\n";
  }

  Rows History() {
    return project_.database.Query("SELECT version, name FROM rung.migration ORDER BY applied_at");
  }

  Project project_;
};

TEST_F(ForeignFiles, FlywaysRunInTheOrderOfTheirVersions) {
  Write("V1__item.sql", "CREATE TABLE item (id int);\n");
  Write("V1.2__name.sql", "ALTER TABLE item ADD name text;\n");
  Write("V1_10__size.sql", "ALTER TABLE item ADD size int;\n");
  Write("V2__drop_name.sql", "ALTER TABLE item DROP name;\n");
  Write("U2__drop_name.sql", "ALTER TABLE item ADD name text;\n");
  Write("V3__index.sql", "CREATE INDEX ON item (size);\nVACUUM item;\n");
  Write("V3__index.sql.conf", "# as one by one\nexecuteInTransaction = false\n");
  project_.Write("backfills/V1.10__size.toml",
                 "[[fill]]\ntable = \"item\"\nset = { size = \"1\" }\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(
      History(),
      (Rows{{"1", "item"}, {"1.2", "name"}, {"1_10", "size"}, {"2", "drop_name"}, {"3", "index"}}));
  EXPECT_EQ(project_.database.Value("SELECT string_agg(attname, ',' ORDER BY attnum) FROM "
                                    "pg_attribute WHERE attrelid = 'item'::regclass AND attnum > 0 "
                                    "AND NOT attisdropped"),
            "id,size");
  EXPECT_EQ(project_.RunExpecting(0, {"new", "migration", "more"}).out,
            "migrations/V4__more.sql\n");
  EXPECT_EQ(project_.RunExpecting(0, {"new", "backfill", "more"}).out, "backfills/V4__more.toml\n");
}

TEST_F(ForeignFiles, FlywaysOtherKindsAreRefusedEachWithItsReason) {
  Write("V1__item.sql", "SELECT 1;");
  Write("R__view.sql", "SELECT 1;");
  Write("B2__base.sql", "SELECT 1;");
  Write("afterMigrate.sql", "SELECT 1;");
  Write("V2_name.sql", "SELECT 1;");
  EXPECT_EQ(
      Refusal(),
      Refused(
          R"(rung: migrations/B2__base.sql: a baseline migration of Flyway's: a ladder begins with its first file, make it V<version>__<name>.sql
rung: migrations/R__view.sql: a repeatable migration of Flyway's: a file is run once here, make it V<version>__<name>.sql
rung: migrations/V2_name.sql: the file name is not of the form V<version>__<name>.sql
rung: migrations/afterMigrate.sql: a callback of Flyway's: nothing runs around migrations here, make it V<version>__<name>.sql)"));
}

TEST_F(ForeignFiles, OneVersionWrittenInTwoWaysIsTaken) {
  Write("V1__a.sql", "SELECT 1;");
  Write("V1.0__b.sql", "SELECT 1;");
  Write("V001__c.sql", "SELECT 1;");
  EXPECT_EQ(
      Refusal(),
      Refused(
          R"(rung: migrations/V1.0__b.sql: the number is taken already by migrations/V001__c.sql
rung: migrations/V1__a.sql: the number is taken already by migrations/V1.0__b.sql)"));
}

TEST_F(ForeignFiles, FlywaysSettingsThatMeanNothingHereAreRefused) {
  Write("V1__a.sql", "SELECT 1;");
  Write("V1__a.sql.conf", "executeInTransaction=false\nshouldExecute=false\n");
  EXPECT_EQ(
      Refusal(),
      Refused(
          R"(rung: migrations/V1__a.sql.conf:2: `shouldExecute=false` has no meaning here; known: executeInTransaction=true, executeInTransaction=false)"));
}

TEST_F(ForeignFiles, GolangMigratesRunUpAndNeverDown) {
  Write("000001_item.up.sql", "CREATE TABLE item (id int);\n");
  Write("000001_item.down.sql", "DROP TABLE item;\n\xFF");
  Write("000002_name.up.sql", "ALTER TABLE item ADD name text;\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(History(), (Rows{{"000001", "item"}, {"000002", "name"}}));
  EXPECT_EQ(project_.RunExpecting(0, {"new", "migration", "more"}).out,
            "migrations/000003_more.up.sql\n");
  EXPECT_EQ(project_.RunExpecting(0, {"new", "backfill", "more"}).out,
            "backfills/000003_more.toml\n");
}

TEST_F(ForeignFiles, ADownWithoutItsUpIsRefused) {
  Write("1_item.up.sql", "SELECT 1;");
  Write("2_name.down.sql", "SELECT 1;");
  EXPECT_EQ(Refusal(),
            Refused("rung: migrations/2_name.down.sql: a down migration without its up"));
}

TEST_F(ForeignFiles, StylesThatAreMixedAreRefused) {
  Write("001_a.sql", "SELECT 1;");
  Write("002_b.sql", "SELECT 1;");
  Write("V3__c.sql", "SELECT 1;");
  Write("004_d.up.sql", "SELECT 1;");
  EXPECT_EQ(
      Refusal(),
      Refused(
          R"(rung: migrations/004_d.up.sql: named <digits>_<name>.up.sql, but migrations/001_a.sql is named <digits>_<name>.sql: a directory has one style
rung: migrations/V3__c.sql: named V<version>__<name>.sql, but migrations/001_a.sql is named <digits>_<name>.sql: a directory has one style)"));
}

TEST_F(ForeignFiles, DbmatesRunTheirUpSections) {
  Write("20260101000000_item.sql",
        "-- what for\n\n-- migrate:up\nCREATE TABLE item (id int);\n\n-- migrate:down\nDROP TABLE "
        "item;\nROLLBACK;\n\\q\n");
  Write("20260102000000_index.sql",
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON item (id);\nVACUUM item;\n"
        "-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY i;\n"
        "-- migrate:up\nSELECT nope;\n");
  EXPECT_EQ(Masked(project_, project_.RunExpecting(1, {"up"}).err),
            R"(20260101000000_item: applied, 1 statement in <duration>
20260102000000_index: applying 3 statements one by one
20260102000000_index: 1/3 CREATE INDEX CONCURRENTLY i ON item (id)
20260102000000_index: 2/3 VACUUM item
20260102000000_index: 3/3 SELECT nope
rung: migrations/20260102000000_index.sql:7: column "nope" does not exist [42703]
  7 | SELECT nope
    |        ^
  state: statements 1 to 2 of 3 are done and kept; statement 3 has failed
  next:  mend the file from line 7 on and run it again: it goes on at statement 3
)");
  const std::string path = project_.RunExpecting(0, {"new", "migration", "more"}).out;
  EXPECT_EQ(path, "migrations/20260102000001_more.sql\n");
}

TEST_F(ForeignFiles, GoosesRunTheirUpSections) {
  Write("00001_item.sql", R"(-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
-- +goose StatementEnd
CREATE TABLE item (id int);

-- +goose Down
DROP TABLE item;
DROP FUNCTION one();
)");
  Write("00002_index.sql",
        "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON item (id);\n"
        "-- +goose Down\nDROP INDEX i;\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT one() || to_regclass('i')::text"), "1i");
}

TEST_F(ForeignFiles, TernsRunWhatStandsAboveTheLine) {
  Write("001_item.sql",
        "CREATE TABLE item (id int);\n---- create above / drop below ----\nDROP TABLE item;\n");
  Write("002_vacuum.sql", "---- tern: disable-tx ----\nVACUUM item;\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT to_regclass('item')"), "item");
}

TEST_F(ForeignFiles, SectionsThatCannotBeUnderstoodAreRefused) {
  Write("001_a.sql", "\nSELECT 1;\n-- migrate:up\nSELECT 2;\n");
  Write("002_b.sql", "-- migrate:down\nSELECT 1;\n");
  Write("003_c.sql", "-- migrate:up\nSELECT 1;\n-- +goose Down\n");
  Write("004_d.sql", "-- +goose Up\n-- +goose ENVSUB ON\n-- +goose Sideways\n");
  Write("005_e.sql", "SELECT 1;\n");
  EXPECT_EQ(Refusal(), Refused(
                           R"(rung: migrations/001_a.sql:2: SQL before the first `-- migrate:up`
rung: migrations/002_b.sql:1: a down section, and no `-- migrate:up`
rung: migrations/003_c.sql:3: a marker of goose in a file with the sections of dbmate
rung: migrations/004_d.sql: has the sections of goose, but migrations/001_a.sql those of dbmate: a directory has one style
rung: migrations/004_d.sql:2: `-- +goose ENVSUB ON`: environment variables are not put into SQL here, write the values out
rung: migrations/004_d.sql:3: `-- +goose Sideways` is not understood
rung: migrations/005_e.sql: has no `-- migrate:up`, but migrations/001_a.sql has: a directory has one style)"));
}

TEST_F(ForeignFiles, ADumpOfPgDumpRuns) {
  Write("001_dump.sql", R"(--
-- PostgreSQL database dump
--

\restrict 3q8fXk

SET statement_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.item (
    id integer NOT NULL,
    name text
);

COPY public.item (id, name) FROM stdin;
1	\\connect other
\.

ALTER TABLE ONLY public.item ADD CONSTRAINT item_pkey PRIMARY KEY (id);

--
-- PostgreSQL database dump complete
--

\unrestrict 3q8fXk

)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT name FROM item"), "\\connect other");
}

TEST_F(ForeignFiles, PsqlsCommandsAreRefusedByName) {
  Write("001_a.sql", "SELECT 1;\n\n\\connect other\nSELECT 'x' \\gexec\n");
  Write("002_b.sql", "\\i more.sql\n");
  EXPECT_EQ(Refusal(), R"(rung: migrations/001_a.sql:3: \connect is a psql command, not SQL
  \connect other
rung: migrations/001_a.sql:4: \gexec is a psql command, not SQL
  SELECT 'x' \gexec
rung: migrations/002_b.sql:1: \i is a psql command, not SQL
  \i more.sql
  state: nothing was run
  next:  take the psql commands out, or write them as SQL, then run it again
)");
}

}  // namespace
}  // namespace rung::test
