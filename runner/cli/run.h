// The program: from argv to an exit status. The only place that catches.
#pragma once

namespace rung::cli {

int Run(int argc, char** argv);

}  // namespace rung::cli
