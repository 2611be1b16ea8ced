#include "cli/run.h"

int main(int argc, char** argv) { return rung::cli::Run(argc, argv); }
