// What the body of a procedure or a DO block does to the transaction around it. By PostgreSQL's
// scanner: PL/pgSQL's own grammar is the server's.
#pragma once

#include <string>
#include <vector>

struct PgQuery__Node;

namespace rung::sql {

struct BodyFacts {
  bool ends_transaction = false;   // has a COMMIT or ROLLBACK of its own
  std::vector<std::string> calls;  // the procedures that it calls, as written: "p", "app.p"
};

// Of CREATE PROCEDURE or DO in PL/pgSQL; nothing for other statements and languages.
BodyFacts ReadBody(const PgQuery__Node& statement);

}  // namespace rung::sql
