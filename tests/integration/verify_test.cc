// Is everything ready for new sign-ups: what is looked at, how it is told, and that nothing stays of it.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "integration/fingerprint.h"
#include "integration/tenants.h"

namespace rung::test {
namespace {

class VerifyApplication : public testing::Test {
 protected:
  VerifyApplication() { MakeTables(project_.database); }

  // In the repository's own directories.
  Result Verify(std::vector<std::string> further = {}) {
    std::vector<std::string> words{"verify",
                                   "--backfills",
                                   (SourceDirectory() / "backfills").string(),
                                   "--wipe-script",
                                   (SourceDirectory() / "scripts/wipe_all_user_data.sql").string(),
                                   "--steps",
                                   (SourceDirectory() / "scripts/verify_sign_up.sql").string()};
    words.insert(words.end(), further.begin(), further.end());
    const std::string before = Fingerprint(project_.database);
    const std::string sequences = Sequences();
    Result result = project_.Run(words);
    EXPECT_EQ(Fingerprint(project_.database), before);
    EXPECT_EQ(Sequences(), sequences);
    return result;
  }

  std::string Sequences() {
    return project_.database.Value(
        "SELECT string_agg(sequencename || ' ' || coalesce(last_value::text, '-'), ', ') FROM "
        "pg_sequences");
  }

  // The lines that tell of a failure.
  std::string Faults(const Result& result) {
    EXPECT_EQ(result.exit, 1) << result.out << result.err;
    std::istringstream lines(result.out);
    std::string faults;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("FAILED") || line.starts_with("   ")) faults += line + "\n";
    }
    return faults;
  }

  void Query(const std::string& sql) { project_.database.Query(sql); }

  Project project_;
};

TEST_F(VerifyApplication, OfAFreshDatabaseIsReady) {
  const Result result = Verify();
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.exit, 0);
  EXPECT_EQ(result.out, R"(ok      every tenant table has its column: 23
ok      every one of these columns has a valid index: 23
ok      no index and no constraint of theirs is invalid: 25 tables
ok      the wiped tables are empty: 25
ok      their sequences are at their start: 5
ok      the kept tables that they refer to have rows: 2
ok      sign-up: the token of a signed-in user names the organization
ok      sign-up: a first login creates a client and a user with their organization
ok      sign-up: every tenant table takes a row with clerk_org_id from the token
ok      sign-up: a second organization does the same
ok      sign-up: each organization reads its own row of every table, and none of the other's

Ready for new sign-ups.
)");
  EXPECT_EQ(Verify().out, result.out);
}

TEST_F(VerifyApplication, IsTheSameInJsonAndCsv) {
  Query("TRUNCATE agent_templates CASCADE");
  const Result json = Verify({"--format", "json"});
  EXPECT_EQ(json.exit, 1);
  const auto parsed = nlohmann::json::parse(json.out);
  EXPECT_EQ(parsed["schema"], 1);
  EXPECT_EQ(parsed["ready"], false);
  EXPECT_EQ(parsed["checks"].size(), 11u);
  EXPECT_EQ(parsed["checks"][5]["faults"][0], "public.agent_templates is empty");
  const Result csv = Verify({"--format", "csv"});
  EXPECT_NE(csv.out.find("the kept tables that they refer to have rows: 2,false,"
                         "public.agent_templates is empty\n"),
            std::string::npos)
      << csv.out;
}

TEST_F(VerifyApplication, NamesRowsAndSequencesThatWereLeft) {
  Query("INSERT INTO audit_log (action, entity_type) VALUES ('a', 'b'), ('a', 'b')");
  EXPECT_EQ(Faults(Verify()), R"(FAILED  the wiped tables are empty: 25
          public.audit_log has 2 rows
FAILED  their sequences are at their start: 5
          public.audit_log_id_seq goes on with 3
)");
}

TEST_F(VerifyApplication, NamesWhatIsMissingOrInvalidInTheSchema) {
  Query(R"(
DROP INDEX idx_tools_clerk_org_id;
ALTER TABLE voices ADD CONSTRAINT short CHECK (length(name) < 100) NOT VALID;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_calls_clerk_org_id'::regclass;)");
  EXPECT_EQ(Faults(Verify()), R"(FAILED  every one of these columns has a valid index: 23
          calls has no valid index on clerk_org_id
          tools has no valid index on clerk_org_id
FAILED  no index and no constraint of theirs is invalid: 25 tables
          the constraint short of voices is not validated
          the index idx_calls_clerk_org_id of calls is invalid
)");
  Query("ALTER TABLE agents DROP COLUMN clerk_org_id");
  EXPECT_NE(Faults(Verify()).find(R"(FAILED  every tenant table has its column: 23
          agents has no column clerk_org_id
)"),
            std::string::npos);
}

TEST_F(VerifyApplication, NamesTheStepThatTheDatabaseRefuses) {
  Query("ALTER TABLE clients ADD COLUMN plan text NOT NULL");
  const std::string faults = Faults(Verify());
  EXPECT_NE(faults.find("FAILED  sign-up: a first login creates a client and a user with their "
                        "organization\n"),
            std::string::npos)
      << faults;
  EXPECT_NE(faults.find("null value in column \"plan\" of relation \"clients\" violates not-null "
                        "constraint [23502]"),
            std::string::npos)
      << faults;
  EXPECT_NE(faults.find("FAILED  sign-up: a second organization does the same\n          not run: "
                        "the step before it does not hold\n"),
            std::string::npos)
      << faults;
}

TEST_F(VerifyApplication, NoticesATableThatLosesItsOrganization) {
  Query(R"(
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.clerk_org_id := NULL; RETURN NEW; END $$;
CREATE TRIGGER forgetful BEFORE INSERT ON tools FOR EACH ROW EXECUTE FUNCTION forget();)");
  const std::string faults = Faults(Verify());
  EXPECT_NE(faults.find("FAILED  sign-up: each organization reads its own row of every table, and "
                        "none of the other's\n"),
            std::string::npos)
      << faults;
  EXPECT_NE(faults.find(": not ok: tools\n"), std::string::npos) << faults;
}

class VerifySteps : public testing::Test {
 protected:
  VerifySteps() {
    project_.database.Query(
        "CREATE TABLE org (id serial PRIMARY KEY, name text, org text);"
        "CREATE INDEX ON org (org)");
    project_.Write("scripts/wipe_all_user_data.sql", "TRUNCATE org RESTART IDENTITY;\n");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntable = \"org\"\nset = { org = \"'x'\" }\n");
  }

  Result Verify(const std::string& steps) {
    project_.Write("scripts/verify_sign_up.sql", steps);
    return project_.Run({"verify"});
  }

  Project project_;
};

TEST_F(VerifySteps, AreTheTeamsOwn) {
  const Result result = Verify(
      "-- The team's.\n-- step: one\nINSERT INTO org (name) VALUES ('a');\nSELECT id = 1 AS ok "
      "FROM "
      "org;\n-- step: two\nSELECT current_setting('rung.tenant_tables') = 'org' AS ok;\n");
  EXPECT_EQ(result.exit, 0) << result.out << result.err;
  EXPECT_NE(result.out.find("ok      sign-up: one\nok      sign-up: two\n"), std::string::npos);
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM org"), "0");
  EXPECT_EQ(project_.database.Value("SELECT nextval('org_id_seq')"), "1");
}

TEST_F(VerifySteps, FailWhereAResultIsNotOk) {
  const Result result = Verify("-- step: one\nSELECT 'x' AS name, NULL::boolean AS ok;\n");
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(result.out.find("FAILED  sign-up: one\n          scripts/verify_sign_up.sql:2: not ok: "
                            "x\n"),
            std::string::npos)
      << result.out;
  EXPECT_NE(Verify("-- step: one\nSELECT true AS ok WHERE false;\n")
                .out.find(":2: the result has no row\n"),
            std::string::npos);
}

TEST_F(VerifySteps, FailWithTheirDeferredConstraints) {
  project_.database.Query(
      "CREATE TABLE part (org_id int REFERENCES org DEFERRABLE INITIALLY DEFERRED)");
  const Result result = Verify("-- step: one\nINSERT INTO part VALUES (7);\n");
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(result.out.find("FAILED  sign-up: its deferred constraints\n"), std::string::npos)
      << result.out;
}

TEST_F(VerifySteps, MayNotEndTheirTransaction) {
  const auto refusal = [&](const std::string& steps) {
    const Result result = Verify(steps);
    EXPECT_EQ(result.exit, 2) << result.out;
    return result.err.substr(0, result.err.find('\n'));
  };
  EXPECT_EQ(refusal("-- step: one\nINSERT INTO org VALUES (1);\nCOMMIT;\n"),
            "rung: scripts/verify_sign_up.sql:3: the steps run in one transaction, which they may "
            "not end");
  EXPECT_EQ(refusal("-- step: one\nVACUUM;\n"),
            "rung: scripts/verify_sign_up.sql:2: VACUUM cannot run in a transaction");
  EXPECT_EQ(refusal("SELECT 1;\n"),
            "rung: scripts/verify_sign_up.sql:1: a statement before the first comment `-- step: "
            "NAME`");
  EXPECT_EQ(refusal("-- step: one\nSELEKT 1;\n"),
            "rung: scripts/verify_sign_up.sql:2: syntax error at or near \"SELEKT\"");
  EXPECT_EQ(refusal(""), "rung: scripts/verify_sign_up.sql:1: there is no step in here");
}

}  // namespace
}  // namespace rung::test
