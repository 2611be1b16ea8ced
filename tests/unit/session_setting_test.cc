#include "sql/session_setting.h"

#include <gtest/gtest.h>

namespace rung::sql {
namespace {

TEST(SessionSetting, IsWhatOutlivesItsTransaction) {
  for (const char* text :
       {"SET search_path = app", "set session search_path to app, public", "SET TIME ZONE 'UTC'",
        "SET NAMES 'utf8'", "SET ROLE app", "SET ROLE NONE", "SET SESSION AUTHORIZATION app",
        "SET SESSION AUTHORIZATION DEFAULT", "SET app.tenant = '1'", "RESET search_path",
        "RESET ALL", "RESET ROLE", "SET search_path TO DEFAULT",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SELECT set_config('search_path', '', false)",
        "SELECT pg_catalog.set_config('search_path', '', false)",
        "-- Of a dump.\nSELECT set_config('a.b', '1', 'f'), set_config('a.c', '2', false) AS x"}) {
    EXPECT_TRUE(IsSessionSetting(text)) << text;
  }
}

TEST(SessionSetting, IsNothingElse) {
  for (const char* text :
       {"SET LOCAL search_path = app", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET LOCAL ROLE app", "SET CONSTRAINTS ALL DEFERRED",
        "SELECT set_config('search_path', '', true)", "SELECT other.set_config('a', 'b', false)",
        "SELECT set_config('a.b', name, false) FROM item", "SELECT set_config('a.b', '', false), 1",
        "UPDATE item SET name = 'x'", "ALTER TABLE item ALTER name SET NOT NULL", "SELECT 1",
        "SHOW search_path", "SET search_path", ""}) {
    EXPECT_FALSE(IsSessionSetting(text)) << text;
  }
}

TEST(SessionSetting, BeginsWithSet) {
  for (const char* head : {"SET LOCAL a.b = 1", "set\ttransaction read only"}) {
    EXPECT_TRUE(IsSet(head)) << head;
  }
  for (const char* head : {"SET", "SETTLE x", "SELECT 1", "RESET ALL", ""}) {
    EXPECT_FALSE(IsSet(head)) << head;
  }
}

TEST(SessionSetting, MayMakeTheSessionReadOnly) {
  for (const char* text : {"SET default_transaction_read_only = on",
                           "set session characteristics as transaction read only",
                           "SELECT set_config('default_transaction_read_only', 'on', false)"}) {
    EXPECT_TRUE(MaySetReadOnly(text)) << text;
  }
  for (const char* text : {"SET TRANSACTION READ ONLY", "SET search_path = app",
                           "ALTER TABLE ONLY item ALTER name SET NOT NULL"}) {
    EXPECT_FALSE(MaySetReadOnly(text)) << text;
  }
}

}  // namespace
}  // namespace rung::sql
