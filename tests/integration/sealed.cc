#include "integration/sealed.h"

namespace rung::test {

void Seal(TestDatabase& database) {
  database.Query(R"(UPDATE rung.migration SET row_digest = encode(sha256(convert_to(concat_ws('|',
    version, name, checksum, token_checksum, state, statements_done, statements_total,
    statement_is_open, done_checksum, is_baseline,
    to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')), 'UTF8')), 'hex'))");
}

}  // namespace rung::test
