// Whether a COPY statement takes its data from the client, or gives it to it.
#pragma once

#include <string>

namespace rung::sql {

enum class CopyDirection {
  kFromClient,  // FROM stdin
  kToClient,    // TO stdout
  kServer,      // a file or a program of the server's
};

// Shape:  a statement that begins with COPY.
CopyDirection DirectionOfCopy(const std::string& statement, bool says_stdin);

}  // namespace rung::sql
