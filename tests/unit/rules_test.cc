// Each rule finds what it is for, and leaves alone what is done well.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "unit/checked.h"

namespace rung::check {
namespace {

using testing::Contains;
using testing::Not;

struct Case {
  const char* rule;
  std::vector<std::string> found;    // a ladder whose last file it finds
  std::vector<std::string> let_off;  // one that it has nothing to say of
};

constexpr const char* kA = "CREATE TABLE a (id bigint PRIMARY KEY, b text, n int);";
constexpr const char* kAuth =
    "CREATE POLICY p ON x TO anon USING (id > 0);";  // looks like Supabase

const std::vector<Case>& Cases() {
  static const std::vector<Case> kCases = {
      {"require-concurrent-index-creation",
       {kA, "CREATE INDEX i ON a (b);"},
       {kA, "CREATE INDEX CONCURRENTLY i ON a (b);",
        "CREATE TABLE c (d text); CREATE INDEX j ON c (d);"}},
      {"require-concurrent-index-deletion",
       {kA, "DROP INDEX i;"},
       {kA, "DROP INDEX CONCURRENTLY i;",
        "CREATE TABLE c (d text); CREATE INDEX j ON c (d); DROP INDEX j;"}},
      {"require-concurrent-reindex", {"REINDEX TABLE a;"}, {"REINDEX TABLE CONCURRENTLY a;"}},
      {"require-concurrent-partition-detach",
       {"ALTER TABLE a DETACH PARTITION a_1;"},
       {"ALTER TABLE a DETACH PARTITION a_1 CONCURRENTLY;"}},
      {"adding-not-nullable-field",
       {kA, "ALTER TABLE a ALTER b SET NOT NULL;"},
       {kA, "ALTER TABLE a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID;",
        "ALTER TABLE a VALIDATE CONSTRAINT c;", "ALTER TABLE a ALTER b SET NOT NULL;",
        "ALTER TABLE a ALTER id SET NOT NULL;"}},
      {"adding-required-field",
       {kA, "ALTER TABLE a ADD COLUMN c int NOT NULL;"},
       {kA, "ALTER TABLE a ADD COLUMN c int NOT NULL DEFAULT 0;"}},
      {"adding-field-with-default",
       {kA, "ALTER TABLE a ADD COLUMN c uuid DEFAULT gen_random_uuid();"},
       {kA, "ALTER TABLE a ADD COLUMN c timestamptz DEFAULT now();",
        "ALTER TABLE a ADD COLUMN d text DEFAULT of_somebody_else();"}},
      {"adding-stored-generated-column",
       {kA, "ALTER TABLE a ADD COLUMN c int GENERATED ALWAYS AS (n * 2) STORED;"},
       {"CREATE TABLE a (n int, c int GENERATED ALWAYS AS (n * 2) STORED);"}},
      {"adding-serial-column",
       {kA, "ALTER TABLE a ADD COLUMN c bigint GENERATED ALWAYS AS IDENTITY;"},
       {kA, "CREATE TABLE c (d bigserial);"}},
      {"changing-column-type",
       {kA, "ALTER TABLE a ALTER n TYPE bigint;"},
       {"CREATE TABLE a (b varchar(10), n numeric(6, 2));",
        "ALTER TABLE a ALTER b TYPE varchar(20), ALTER n TYPE numeric(8, 2);",
        "ALTER TABLE a ALTER b TYPE text;"}},
      {"adding-foreign-key-constraint",
       {kA, "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES c;"},
       {kA, "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES c NOT VALID;",
        "ALTER TABLE a ADD COLUMN d int REFERENCES c;"}},
      {"constraint-missing-not-valid",
       {kA, "ALTER TABLE a ADD CONSTRAINT f CHECK (n > 0);"},
       {kA, "ALTER TABLE a ADD CONSTRAINT f CHECK (n > 0) NOT VALID;"}},
      {"validate-in-same-transaction",
       {kA,
        "ALTER TABLE a ADD CONSTRAINT f CHECK (n > 0) NOT VALID;\n"
        "ALTER TABLE a VALIDATE CONSTRAINT f;"},
       {kA, "ALTER TABLE a ADD CONSTRAINT f CHECK (n > 0) NOT VALID;",
        "ALTER TABLE a VALIDATE CONSTRAINT f;"}},
      {"disallowed-unique-constraint",
       {kA, "ALTER TABLE a ADD CONSTRAINT u UNIQUE (b);"},
       {kA, "ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX i;"}},
      {"adding-primary-key",
       {"ALTER TABLE a ADD PRIMARY KEY (n);"},
       {"ALTER TABLE a ADD PRIMARY KEY USING INDEX i;"}},
      {"adding-exclusion-constraint",
       {kA, "ALTER TABLE a ADD EXCLUDE USING gist (b WITH =);"},
       {"CREATE TABLE a (b text, EXCLUDE USING gist (b WITH =));"}},
      {"renaming-column",
       {kA, "ALTER TABLE a RENAME COLUMN b TO c;"},
       {"CREATE TABLE a (b int); ALTER TABLE a RENAME COLUMN b TO c;"}},
      {"renaming-table",
       {kA, "ALTER TABLE a RENAME TO c;"},
       {"CREATE TABLE a (b int); ALTER TABLE a RENAME TO c;"}},
      {"renaming-schema", {"ALTER SCHEMA a RENAME TO b;"}, {"CREATE SCHEMA b;"}},
      {"renaming-enum-value",
       {"ALTER TYPE t RENAME VALUE 'a' TO 'b';"},
       {"ALTER TYPE t ADD VALUE 'b';"}},
      {"ban-drop-column",
       {kA, "ALTER TABLE a DROP COLUMN b;"},
       {"CREATE TABLE a (b int, c int); ALTER TABLE a DROP COLUMN b;"}},
      {"ban-drop-table", {kA, "DROP TABLE a;"}, {"CREATE TABLE a (b int); DROP TABLE a;"}},
      {"ban-drop-schema", {"DROP SCHEMA a CASCADE;"}, {"DROP SCHEMA a;"}},
      {"ban-drop-database", {"DROP DATABASE a;"}, {"CREATE DATABASE a;"}},
      {"ban-drop-not-null",
       {kA, "ALTER TABLE a ALTER id DROP NOT NULL;"},
       {kA, "ALTER TABLE a ALTER id DROP DEFAULT;"}},
      {"ban-truncate-cascade", {"TRUNCATE a CASCADE;"}, {"TRUNCATE a;"}},
      {"require-lock-timeout",
       {"SET lock_timeout = 0;"},
       {"SET lock_timeout = '2s'; RESET lock_timeout;"}},
      {"timeout-on-concurrent-index",
       {kA, "SET statement_timeout = '1h'; CREATE INDEX CONCURRENTLY i ON a (b);"},
       {kA,
        "SET statement_timeout = '1h'; SELECT 1; RESET statement_timeout;\n"
        "CREATE INDEX CONCURRENTLY i ON a (b);"}},
      {"unbatched-write",
       {kA, "UPDATE a SET b = 'x' WHERE n > 3;"},
       {"CREATE TABLE a (b int); UPDATE a SET b = 1; INSERT INTO a VALUES (1), (2);"}},
      {"locking-many-tables",
       {kA, "CREATE TABLE c (d int);", "ALTER TABLE a ADD x int; ALTER TABLE c ADD x int;"},
       {kA, "ALTER TABLE a ADD x int; ALTER TABLE a ADD y int;",
        "CREATE TABLE d (e int); ALTER TABLE d ADD x int; ALTER TABLE a ADD z int;"}},
      {"prefer-robust-stmts",
       {"CREATE DATABASE a;"},
       {"CREATE INDEX CONCURRENTLY i ON a (b); VACUUM a;"}},
      {"prefer-jsonb", {"CREATE TABLE a (b json);"}, {"CREATE TABLE a (b jsonb);"}},
      {"prefer-bigint-over-int",
       {"CREATE TABLE a (id int PRIMARY KEY);"},
       {"CREATE TABLE a (id bigint PRIMARY KEY, n int);",
        "CREATE TABLE c (x int, y int, PRIMARY KEY (x, y));"}},
      {"prefer-timestamp-tz",
       {"CREATE TABLE a (t timestamp);"},
       {"CREATE TABLE a (t timestamptz);"}},
      {"ban-char-field", {"CREATE TABLE a (c char(3));"}, {"CREATE TABLE a (c \"char\", d text);"}},
      {"identifier-too-long",
       {"CREATE TABLE a_name_that_goes_on_and_on_and_on_until_postgresql_cuts_it_off_x (b int);"},
       {"COMMENT ON TABLE a IS 'a text that goes on and on and on and on and on and on and on';"}},
      {"syntax-error", {"ALTER TABEL a;"}, {"ALTER TABLE a ADD b int;"}},
      {"unknown-rule",
       {"-- rung: allow drop-column\nSELECT 1;"},
       {kA, "-- rung: allow ban-drop-table\nDROP TABLE a;",
        "-- squawk-ignore whatever\nSELECT 1;"}},
      {"unused-allow",
       {"-- rung: allow ban-drop-table\nSELECT 1;"},
       {kA, "-- rung: allow ban-drop-table\nDROP TABLE a;"}},
      {"cannot-run", {"BEGIN; SELECT 1;"}, {"BEGIN; SELECT 1; COMMIT;"}},

      {"rls-disabled-in-public",
       {kAuth, "CREATE TABLE a (b int);"},
       {kAuth, "CREATE TABLE a (b int); ALTER TABLE a ENABLE ROW LEVEL SECURITY;",
        "CREATE TABLE private.c (b int); CREATE TEMP TABLE d (b int);"}},
      {"policy-exists-rls-disabled",
       {"CREATE TABLE a (b int); CREATE POLICY p ON a TO anon USING (b > 0);"},
       {"CREATE TABLE a (b int); CREATE POLICY p ON a TO anon USING (b > 0);",
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY;"}},
      {"rls-enabled-no-policy",
       {kAuth, "CREATE TABLE a (b int); ALTER TABLE a ENABLE ROW LEVEL SECURITY;"},
       {kAuth, "CREATE TABLE a (b int); ALTER TABLE a ENABLE ROW LEVEL SECURITY;",
        "CREATE POLICY q ON a TO anon USING (b > 0);"}},
      {"auth-rls-initplan",
       {"CREATE POLICY p ON a USING (auth.jwt() ->> 'sub' = b);"},
       {"CREATE POLICY p ON a USING ((SELECT auth.jwt() ->> 'sub') = b);"}},
      {"auth-uid-with-clerk",
       {"CREATE POLICY p ON a USING (clerk_user_id = (SELECT auth.uid())::text);"},
       {"CREATE POLICY p ON a USING (user_id = (SELECT auth.uid()));"}},
      {"clerk-id-as-uuid",
       {kAuth, "ALTER TABLE a ADD COLUMN clerk_user_id uuid;"},
       {kAuth, "ALTER TABLE a ADD COLUMN clerk_user_id text, ADD COLUMN owner_id uuid;"}},
      {"security-definer-view",
       {kAuth, "CREATE VIEW v AS SELECT 1;"},
       {kAuth, "CREATE VIEW v WITH (security_invoker = true) AS SELECT 1;",
        "CREATE VIEW private.w AS SELECT 1;"}},
      {"function-search-path-mutable",
       {kAuth, "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"},
       {kAuth,
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = ''"
        " AS 'SELECT 1';",
        "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';"}},
      {"anon-security-definer-function-executable",
       {kAuth, "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"},
       {kAuth, "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
        "REVOKE EXECUTE ON FUNCTION f() FROM public, anon;"}},
      {"unindexed-foreign-keys",
       {kAuth, "CREATE TABLE c (id bigint PRIMARY KEY, a_id bigint REFERENCES a);"},
       {kAuth, "CREATE TABLE c (id bigint PRIMARY KEY REFERENCES a, a_id bigint REFERENCES a);",
        "CREATE INDEX CONCURRENTLY i ON c (a_id, id);"}},
      {"rls-references-user-metadata",
       {"CREATE POLICY p ON a USING ((SELECT auth.jwt() -> 'user_metadata' ->> 'org') = b);"},
       {"CREATE POLICY p ON a USING ((SELECT auth.jwt() -> 'app_metadata' ->> 'org') = b);"}},
      {"rls-policy-always-true",
       {"CREATE POLICY p ON a FOR INSERT TO authenticated WITH CHECK (true);"},
       {"CREATE POLICY p ON a FOR SELECT TO anon USING (true);",
        "CREATE POLICY q ON a TO service_role USING (true);"}},
      {"extension-in-public",
       {kAuth, "CREATE EXTENSION pg_trgm;"},
       {kAuth, "CREATE EXTENSION pg_trgm WITH SCHEMA extensions;"}},
      {"ddl-in-managed-schema",
       {kAuth, "ALTER TABLE auth.users ADD COLUMN x int;"},
       {kAuth, "CREATE TRIGGER t AFTER INSERT ON auth.users EXECUTE FUNCTION f();"}},
  };
  return kCases;
}

TEST(Rules, FindWhatTheyAreFor) {
  for (const Case& one : Cases()) {
    const std::string last = std::to_string(one.found.size()) + ".sql";
    std::set<std::string> rules;
    for (const Finding& finding : Findings(one.found)) {
      if (finding.path == last) rules.emplace(finding.rule->name);
    }
    EXPECT_THAT(rules, Contains(one.rule)) << one.found.back();
  }
}

TEST(Rules, LeaveAloneWhatIsDoneWell) {
  for (const Case& one : Cases()) {
    std::set<std::string> rules;
    for (const Finding& finding : Findings(one.let_off)) rules.emplace(finding.rule->name);
    EXPECT_THAT(rules, Not(Contains(one.rule))) << one.let_off.back();
  }
}

TEST(Rules, HaveEachACaseHere) {
  std::set<std::string_view> tested = {"bad-backfill"};  // of files: see tests/cases
  for (const Case& one : Cases()) tested.insert(one.rule);
  for (const Rule& rule : Rules()) EXPECT_TRUE(tested.contains(rule.name)) << rule.name;
  EXPECT_EQ(tested.size(), Rules().size());
}

TEST(Rules, OfSupabaseAreSilentElsewhere) {
  EXPECT_EQ(Found({"CREATE TABLE a (b int);"}), std::vector<std::string>{});
  EXPECT_EQ(Found({"CREATE TABLE a (b int);"}, {.from = {}, .is_supabase = true}),
            std::vector<std::string>{"1.sql:1 rls-disabled-in-public"});
}

TEST(Rules, AWordInACommentMakesNoSupabaseProject) {
  EXPECT_EQ(Found({"-- Not for anon or auth.uid(): TO authenticated.\nCREATE TABLE a (b int);"}),
            std::vector<std::string>{});
}

}  // namespace
}  // namespace rung::check
