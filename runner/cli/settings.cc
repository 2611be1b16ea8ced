#include "cli/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>

#include "cli/setting_value.h"

namespace rung::cli {
namespace {

namespace po = boost::program_options;

// "max-runtime" as RUNG_MAX_RUNTIME.
std::string VariableOf(const std::string& name) {
  std::string variable = "RUNG_" + name;
  std::transform(variable.begin(), variable.end(), variable.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  return variable;
}

}  // namespace

Settings::Settings(const std::string& command, const po::options_description& known,
                   const po::options_description& all, const po::options_description& of_sections,
                   const std::vector<std::string>& arguments, const Environment& environment) {
  ReadFlags(command, known, arguments);
  ReadVariables(known, all, environment);
  ReadFile(all, of_sections);
}

std::optional<std::string> Settings::Text(const std::string& name) const {
  return values_.count(name) > 0 ? std::optional(values_[name].as<std::string>()) : std::nullopt;
}

std::optional<std::string> Settings::SectionText(const std::string& name) const {
  const auto found = section_.find(name);
  return found == section_.end() ? std::nullopt : std::optional(found->second);
}

bool Settings::IsOn(const std::string& name) const {
  return values_.count(name) > 0 && values_[name].as<bool>();
}

bool Settings::GoesBefore(const std::string& name, const std::string& other) const {
  return SourceOf(name) < SourceOf(other);
}

std::string Settings::PlaceOf(const std::string& name) const {
  const auto found = origins_.find(name);
  return found == origins_.end() ? "--" + name : found->second.place;
}

// The first one to name a setting has it: so does Boost when it stores them.
void Settings::Note(const std::string& name, Source source, std::string place) {
  origins_.emplace(name, Origin{source, std::move(place)});
}

Settings::Source Settings::SourceOf(const std::string& name) const {
  const auto found = origins_.find(name);
  return found == origins_.end() ? Source::kDefault : found->second.source;
}

void Settings::ReadFlags(const std::string& command, const po::options_description& known,
                         const std::vector<std::string>& arguments) {
  po::options_description flags;
  flags.add(known).add_options()("config", po::value<std::string>(), "")(
      "help,h", po::bool_switch(), "")("argument", po::value<std::vector<std::string>>(), "");
  po::positional_options_description order;
  order.add("argument", -1);
  try {
    using Style = po::command_line_style::style_t;
    constexpr int kNoGuessing = po::command_line_style::unix_style & ~Style::allow_guessing;
    const po::parsed_options parsed = po::command_line_parser(arguments)
                                          .options(flags)
                                          .positional(order)
                                          .style(kNoGuessing)
                                          .run();
    po::store(parsed, values_);
    for (const auto& option : parsed.options) {
      Note(option.string_key, Source::kFlag, "--" + option.string_key);
    }
  } catch (const po::error& e) {
    throw Refused("", e.what(), fmt::format("see `rung help {}`", command));
  }
  if (values_.count("argument") > 0) {
    positional_ = values_["argument"].as<std::vector<std::string>>();
  }
}

void Settings::ReadVariables(const po::options_description& known,
                             const po::options_description& all, const Environment& environment) {
  for (const auto& option : all.options()) {
    const std::string& name = option->long_name();
    const std::string variable = VariableOf(name);
    const auto value = environment(variable);
    if (!value || value->empty() || known.find_nothrow(name, false) == nullptr) continue;
    po::parsed_options parsed(&known);
    parsed.options.emplace_back(name, std::vector{*value});
    try {
      po::store(parsed, values_);
    } catch (const po::error&) {
      throw Refused(variable, fmt::format("\"{}\" is neither true nor false", *value),
                    "set it to true or false");
    }
    Note(name, Source::kVariable, variable);
  }
}

void Settings::ReadFile(const po::options_description& all,
                        const po::options_description& of_sections) {
  const auto named = Text("config");
  const std::string path = named.value_or("rung.conf");
  std::ifstream file(path);
  if (!file && named) throw Refused(path, "cannot be read", "name a readable file with --config");
  if (!file) return RequireSection(path, false);
  try {
    // Boost knows no sections: it writes their names before those in them, as in "staging.url".
    TakeFile(path, all, of_sections, po::parse_config_file(file, all, true));
  } catch (const po::error& e) {
    throw Refused(path, e.what(), "correct the file");
  }
}

void Settings::TakeFile(const std::string& path, const po::options_description& all,
                        const po::options_description& of_sections,
                        const po::parsed_options& parsed) {
  po::parsed_options above(&all);
  std::map<std::string, po::parsed_options> sections;
  std::map<std::string, std::map<std::string, std::string>> of_section;
  for (const po::option& option : parsed.options) {
    const size_t dot = option.string_key.rfind('.');
    const std::string section = dot == std::string::npos ? "" : option.string_key.substr(0, dot);
    const std::string name =
        dot == std::string::npos ? option.string_key : option.string_key.substr(dot + 1);
    if (section.empty() && of_sections.find_nothrow(name, false) != nullptr) {
      throw Refused(fmt::format("{}: {}", path, name), "stands in no section",
                    "write it below the [NAME] of its environment");
    }
    if (of_sections.find_nothrow(name, false) != nullptr) {
      if (!of_section[section].emplace(name, option.value.front()).second) {
        throw Refused(fmt::format("{}: {}", path, option.string_key), "is there twice",
                      "correct the file");
      }
      continue;
    }
    const bool is_known = all.find_nothrow(name, false) != nullptr;
    if (!is_known || (!section.empty() && name == "environment")) {
      throw po::unknown_option(option.string_key);
    }
    po::parsed_options& into =
        section.empty() ? above : sections.emplace(section, &all).first->second;
    into.options.emplace_back(name, option.value);
    of_section[section];
  }
  for (const po::option& option : above.options) {
    if (option.string_key == "environment" && SourceOf("environment") == Source::kDefault) {
      po::parsed_options only(&all);
      only.options.push_back(option);
      po::store(only, values_);
      Note("environment", Source::kFile, path + ": environment");
    }
  }
  const std::string chosen = Text("environment").value_or("");
  RequireSection(path, of_section.contains(chosen));
  if (!chosen.empty()) section_ = of_section[chosen];
  const auto take = [&](const po::parsed_options& from, const std::string& before) {
    po::store(from, values_);
    for (const po::option& option : from.options) {
      Note(option.string_key, Source::kFile,
           fmt::format("{}: {}{}", path, before, option.string_key));
    }
  };
  if (const auto found = sections.find(chosen); found != sections.end()) {
    take(found->second, chosen + ".");
  }
  take(above, "");
}

void Settings::RequireSection(const std::string& path, bool is_there) const {
  const auto chosen = Text("environment");
  if (!chosen || is_there) return;
  throw Refused(PlaceOf("environment"),
                fmt::format("there is no section [{}] in {}", *chosen, path),
                "write one, or name another environment");
}

}  // namespace rung::cli
