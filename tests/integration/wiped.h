// A small database that may be wiped: two tenant tables, and two that are to be kept.
#pragma once

#include <string>
#include <vector>

#include "support/project.h"

namespace rung::test {

class WipeProject {
 public:
  // org and member are listed; plan and note are not. rung.conf has a section [test] that allows it.
  WipeProject();

  // "rung wipe database --environment test …"
  Command Wipe(std::vector<std::string> further = {}) const;

  // The same, confirmed as a pipeline does.
  Command Confirmed(std::vector<std::string> further = {}) const;

  void WriteConf(const std::string& section) const { project.Write("rung.conf", section); }

  // What the section [test] pins.
  std::string SystemIdentifier();

  // "org 2, member 3, plan 2, note 1"
  std::string Rows();

  // Names of files that a backup has made.
  std::vector<std::string> Dumps() const;

  // Masked, and without the server's identifier.
  std::string Shown(const std::string& text);

  Project project;
};

}  // namespace rung::test
