// The settings as Boost describes them: what a flag is called, what it takes, what help says of it.
#pragma once

#include <boost/program_options.hpp>

namespace rung::cli {

// Settings that every command takes, and that RUNG_* and rung.conf may hold.
boost::program_options::options_description CommonSettings();

// What only a section of rung.conf may hold: no flag and no variable can say it.
boost::program_options::options_description SectionSettings();

// Those of a command that has these flags of command_table.h.
boost::program_options::options_description CommandSettings(unsigned flags);

}  // namespace rung::cli
