#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <fstream>
#include <sstream>

#include "cli/command_table.h"
#include "core/error.h"

namespace rung::cli {
namespace {

namespace po = boost::program_options;
using std::chrono::milliseconds;

core::Error Refused(std::string where, std::string what, std::string next) {
  return core::Error(core::Failure::kUsage, core::Problem{std::move(where), std::move(what), {}},
                     "nothing was touched", std::move(next));
}

// Settings that every command takes, and that RUNG_* and rung.conf may hold.
po::options_description CommonSettings() {
  po::options_description common("Every command takes");
  common.add_options()("migrations", po::value<std::string>()->value_name("DIR"),
                       "migrations (default: migrations)")(
      "backfills", po::value<std::string>()->value_name("DIR"), "backfills (default: backfills)")(
      "url", po::value<std::string>()->value_name("URL"),
      "the database, without a password (default: DATABASE_URL, else libpq's PG* variables)")(
      "tls", po::value<std::string>()->value_name("MODE"),
      "accept a weaker sslmode than verify-full to another host")(
      "schema", po::value<std::string>()->value_name("NAME"), "rung's own schema (default: rung)")(
      "log-format", po::value<std::string>()->value_name("FORMAT"), "text (default) or json")(
      "quiet", po::bool_switch(), "errors and results only")("verbose", po::bool_switch(),
                                                             "every batch and notice");
  return common;
}

po::options_description CommandSettings(unsigned flags) {
  po::options_description own("Options");
  auto add = own.add_options();
  if (flags & kJobs) add("jobs", po::value<std::string>()->value_name("N"), "workers (default: 1)");
  if (flags & kTo) add("to", po::value<std::string>()->value_name("N"), "stop after this number");
  if (flags & kMaxRuntime) {
    add("max-runtime", po::value<std::string>()->value_name("TIME"),
        "end with exit code 3 after 8m, 90s … and keep everything done");
  }
  if (flags & kLockWait) {
    add("lock-wait", po::value<std::string>()->value_name("TIME"),
        "wait for another run's lock (default: 60s)");
  }
  if (flags & kBatchMs) {
    add("batch-ms", po::value<std::string>()->value_name("MS"),
        "what a batch should take (default: 100)");
  }
  if (flags & kAgain) add("again", po::bool_switch(), "verify complete backfills once more");
  if (flags & kFormat) {
    add("format", po::value<std::string>()->value_name("FORMAT"), "table (default), json or csv");
  }
  return own;
}

constexpr unsigned kAllFlags = ~0u;

// The command's name out of arguments in which flags may come first; npos where there is none.
size_t FindCommandName(const std::vector<std::string>& arguments) {
  const po::options_description all = std::move(CommonSettings().add(CommandSettings(kAllFlags)));
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (!argument.starts_with("-")) return i;
    if (!argument.starts_with("--") || argument.find('=') != std::string::npos) continue;
    const po::option_description* option = all.find_nothrow(argument.substr(2), false);
    const bool takes_value = option != nullptr && option->semantic()->max_tokens() > 0;
    if (takes_value || argument == "--config") ++i;
  }
  return std::string::npos;
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string NextAfterUnknownCommand(const std::string& name) {
  const std::span<const Command> commands = Commands();
  const auto nearest =
      std::min_element(commands.begin(), commands.end(), [&](const auto& a, const auto& b) {
        return EditDistance(name, a.name) < EditDistance(name, b.name);
      });
  return EditDistance(name, nearest->name) <= 2
             ? fmt::format("did you mean `rung {}`?", nearest->name)
             : "see `rung help`";
}

// Everything but positional arguments: the flags first, then RUNG_*, then the file.
po::variables_map ReadSettings(const Command& command, const std::vector<std::string>& arguments,
                               const Environment& environment,
                               std::vector<std::string>& positional) {
  po::options_description known = std::move(CommonSettings().add(CommandSettings(command.flags)));
  known.add_options()("config", po::value<std::string>(), "")("help,h", po::bool_switch(), "")(
      "argument", po::value<std::vector<std::string>>(&positional), "");
  po::positional_options_description order;
  order.add("argument", -1);
  po::variables_map values;
  try {
    using Style = po::command_line_style::style_t;
    constexpr int kNoGuessing = po::command_line_style::unix_style & ~Style::allow_guessing;
    po::store(po::command_line_parser(arguments)
                  .options(known)
                  .positional(order)
                  .style(kNoGuessing)
                  .run(),
              values);
  } catch (const po::error& e) {
    throw Refused("", e.what(), fmt::format("see `rung help {}`", command.name));
  }

  const po::options_description settings =
      std::move(CommonSettings().add(CommandSettings(kAllFlags)));
  std::vector<std::string> from_environment;
  for (const auto& option : settings.options()) {
    std::string name = "RUNG_" + option->long_name();
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
      return c == '-' ? '_' : static_cast<char>(std::toupper(c));
    });
    const auto value = environment(name);
    if (!value || known.find_nothrow(option->long_name(), false) == nullptr) continue;
    const bool is_switch = option->semantic()->max_tokens() == 0;
    if (!is_switch) {
      from_environment.push_back("--" + option->long_name() + "=" + *value);
    } else if (*value == "1" || *value == "true") {
      from_environment.push_back("--" + option->long_name());
    } else if (*value != "" && *value != "0" && *value != "false") {
      throw Refused(name, fmt::format("\"{}\" is neither true nor false", *value),
                    "set it to true or false");
    }
  }
  po::store(po::command_line_parser(from_environment).options(known).run(), values);

  const bool named = values.count("config") > 0;
  const std::string path = named ? values["config"].as<std::string>() : "rung.conf";
  std::ifstream file(path);
  if (!file && named) throw Refused(path, "cannot be read", "name a readable file with --config");
  if (file) {
    try {
      po::store(po::parse_config_file(file, settings), values);
    } catch (const po::error& e) {
      throw Refused(path, e.what(), "correct the file");
    }
  }
  return values;
}

int ParseWhole(const std::string& flag, const std::string& text, int least, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    throw Refused(flag,
                  fmt::format("\"{}\" is not a whole number from {} to {}", text, least, most),
                  "give it one");
  }
  return value;
}

milliseconds RequireDuration(const std::string& flag, const std::string& text) {
  const auto duration = ParseDuration(text);
  if (!duration) {
    throw Refused(flag, fmt::format("\"{}\" is not a time", text), "write 8m, 90s, 1h30m or 250ms");
  }
  return *duration;
}

template <typename Value>
Value RequireOneOf(const std::string& flag, const std::string& text,
                   std::initializer_list<std::pair<const char*, Value>> known) {
  std::vector<std::string> names;
  for (const auto& [name, value] : known) {
    if (text == name) return value;
    names.emplace_back(name);
  }
  throw Refused(flag, fmt::format("\"{}\" is not known", text),
                fmt::format("use {}", fmt::join(names, ", ")));
}

void Apply(const po::variables_map& values, Options& options) {
  const auto text = [&](const char* name) -> std::optional<std::string> {
    return values.count(name) > 0 ? std::optional(values[name].as<std::string>()) : std::nullopt;
  };
  const auto on = [&](const char* name) {
    return values.count(name) > 0 && values[name].as<bool>();
  };
  if (auto value = text("migrations")) options.migrations = *value;
  if (auto value = text("backfills")) {
    options.backfills = *value;
    options.backfills_named = true;
  }
  if (auto value = text("schema")) options.schema = *value;
  if (options.schema.empty() || options.schema.size() > 63) {
    throw Refused("--schema", "not a name of 1 to 63 bytes", "name a schema");
  }
  if (auto value = text("tls")) {
    options.target.tls = RequireOneOf<std::string>("--tls", *value,
                                                   {{"disable", "disable"},
                                                    {"prefer", "prefer"},
                                                    {"require", "require"},
                                                    {"verify-ca", "verify-ca"},
                                                    {"verify-full", "verify-full"}});
  }
  if (auto value = text("log-format")) {
    options.log_format = RequireOneOf<LogFormat>(
        "--log-format", *value, {{"text", LogFormat::kText}, {"json", LogFormat::kJson}});
  }
  if (auto value = text("format")) {
    options.format = RequireOneOf<Format>(
        "--format", *value,
        {{"table", Format::kTable}, {"json", Format::kJson}, {"csv", Format::kCsv}});
  }
  if (on("verbose")) options.verbosity = Verbosity::kVerbose;
  if (on("quiet")) options.verbosity = Verbosity::kQuiet;
  if (auto value = text("jobs")) options.jobs = ParseWhole("--jobs", *value, 1, 64);
  if (auto value = text("to")) {
    options.to = core::Version::Parse(*value);
    if (!options.to)
      throw Refused("--to", fmt::format("\"{}\" is not a number", *value),
                    "give the number of a rung");
  }
  if (auto value = text("max-runtime"))
    options.max_runtime = RequireDuration("--max-runtime", *value);
  if (auto value = text("lock-wait")) options.lock_wait = RequireDuration("--lock-wait", *value);
  if (auto value = text("batch-ms"))
    options.batch_target = milliseconds(ParseWhole("--batch-ms", *value, 1, 60000));
  options.again = on("again");
}

}  // namespace

std::optional<milliseconds> ParseDuration(std::string_view text) {
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > 1'000'000) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& known) {
      return text.starts_with(known.first);
    });
    if (unit == std::end(kUnits)) return std::nullopt;
    total += number * unit->second;
    text.remove_prefix(unit->first.size());
  }
  return milliseconds(total);
}

std::string HelpText(const std::string& command) {
  std::ostringstream text;
  if (command.empty()) {
    text << "rung brings a PostgreSQL database to where the code needs it: numbered SQL migrations "
            "and\n"
            "large batched backfills as the rungs of one ladder.\n\nUsage: rung COMMAND "
            "[OPTIONS]\n\n";
    for (const Command& known : Commands()) {
      text << fmt::format("  {:<10} {}\n", known.name, known.summary);
    }
    text << '\n'
         << CommonSettings()
         << "\nA setting comes from its flag, else from RUNG_<NAME>, else from rung.conf, else "
            "from the\n"
            "default. Exit codes: 0 done, 1 failed, 2 usage, 3 not finished, 4 busy, 130 and 143\n"
            "interrupted. `rung help COMMAND` has the rest.\n";
    return text.str();
  }
  const Command* known = FindCommand(command);
  if (known == nullptr) {
    throw Refused("", fmt::format("no command `{}`", command), NextAfterUnknownCommand(command));
  }
  const bool has_arguments = !known->arguments.empty();
  text << fmt::format("Usage: rung {}{}{} [OPTIONS]\n\n{}.\n", known->name,
                      has_arguments ? " " : "", known->arguments, known->summary);
  if (!known->details.empty()) text << '\n' << known->details;
  if (known->flags != 0) text << '\n' << CommandSettings(known->flags);
  text << '\n' << CommonSettings();
  return text.str();
}

Options ParseOptions(const std::vector<std::string>& arguments, const Environment& environment) {
  Options options;
  const size_t at = FindCommandName(arguments);
  const auto has = [&](const char* flag) {
    return std::find(arguments.begin(), arguments.end(), flag) != arguments.end();
  };
  if (at == std::string::npos) {
    options.command = has("--version") ? "version" : "help";
    if (!arguments.empty() && !has("--version") && !has("--help") && !has("-h")) {
      throw Refused("", "no command", "see `rung help`");
    }
    return options;
  }
  const Command* command = FindCommand(arguments[at]);
  if (command == nullptr) {
    throw Refused("", fmt::format("no command `{}`", arguments[at]),
                  NextAfterUnknownCommand(arguments[at]));
  }
  options.command = command->name;
  std::vector<std::string> rest = arguments;
  rest.erase(rest.begin() + static_cast<ptrdiff_t>(at));
  if (has("--help") || has("-h")) {
    options.arguments = {options.command};
    options.command = "help";
    return options;
  }
  const po::variables_map values = ReadSettings(*command, rest, environment, options.arguments);
  if (values.count("argument") > 0)
    options.arguments = values["argument"].as<std::vector<std::string>>();
  if (options.arguments.size() > command->most_arguments) {
    throw Refused("",
                  fmt::format("`{}` is one argument too many for `rung {}`",
                              options.arguments[command->most_arguments], command->name),
                  fmt::format("see `rung help {}`", command->name));
  }
  Apply(values, options);
  const auto flag_holds_url = [](const std::string& argument) {
    return argument.starts_with("--url");
  };
  const bool by_flag = std::any_of(rest.begin(), rest.end(), flag_holds_url);
  if (values.count("url") > 0) {
    (by_flag ? options.target.url_flag : options.target.url_setting) =
        values["url"].as<std::string>();
  } else {
    options.target.url_setting = environment("DATABASE_URL");
  }
  return options;
}

}  // namespace rung::cli
