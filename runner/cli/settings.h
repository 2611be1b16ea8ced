// Where settings come from: the flag, else RUNG_*, else rung.conf. Knows nothing of what they mean.
#pragma once

#include <boost/program_options.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"

namespace rung::cli {

class Settings {
 public:
  // Reads all three. A setting of another command is left alone in variables and in the file. A file's
  // sections are environments: what stands in the chosen one goes before what stands above them.
  // Shape:  `known` are this command's, `all` those of every command, `of_sections` what only a section
  //         may hold; arguments without the command's name.
  // Errors: core::Error (kUsage): an unknown flag or name, in a section that was not chosen too; a switch
  //         that is neither true nor false; an environment without a section.
  Settings(const std::string& command, const boost::program_options::options_description& known,
           const boost::program_options::options_description& all,
           const boost::program_options::options_description& of_sections,
           const std::vector<std::string>& arguments, const Environment& environment);

  const std::vector<std::string>& positional() const { return positional_; }

  std::optional<std::string> Text(const std::string& name) const;

  // What only the chosen section can say.
  std::optional<std::string> SectionText(const std::string& name) const;

  // A switch.
  bool IsOn(const std::string& name) const;

  // Does the first one's value come from a place that goes before that of the second?
  bool GoesBefore(const std::string& name, const std::string& other) const;

  // What an error calls it: "--jobs", "RUNG_JOBS" or "rung.conf: jobs".
  std::string PlaceOf(const std::string& name) const;

 private:
  enum class Source { kFlag, kVariable, kFile, kDefault };

  struct Origin {
    Source source = Source::kDefault;
    std::string place;
  };

  void Note(const std::string& name, Source source, std::string place);
  Source SourceOf(const std::string& name) const;
  void ReadFlags(const std::string& command,
                 const boost::program_options::options_description& known,
                 const std::vector<std::string>& arguments);
  void ReadVariables(const boost::program_options::options_description& known,
                     const boost::program_options::options_description& all,
                     const Environment& environment);
  void ReadFile(const boost::program_options::options_description& all,
                const boost::program_options::options_description& of_sections);
  void TakeFile(const std::string& path, const boost::program_options::options_description& all,
                const boost::program_options::options_description& of_sections,
                const boost::program_options::parsed_options& parsed);
  void RequireSection(const std::string& path, bool is_there) const;

  boost::program_options::variables_map values_;
  std::map<std::string, Origin> origins_;
  std::map<std::string, std::string> section_;
  std::vector<std::string> positional_;
};

}  // namespace rung::cli
