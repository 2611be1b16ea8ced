#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>

#include "cli/command_table.h"
#include "cli/flag_settings.h"
#include "cli/setting_value.h"
#include "cli/settings.h"
#include "core/error.h"

namespace rung::cli {
namespace {

namespace po = boost::program_options;

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

void ApplyWipe(const Settings& settings, WipeOptions& wipe) {
  const auto text = [&](const char* name) { return settings.Text(name); };
  wipe.permission.environment = text("environment").value_or("");
  wipe.permission.file = text("config").value_or("rung.conf");
  if (auto value = settings.SectionText("allow_wipe")) {
    wipe.permission.allow_wipe = RequireOneOf<bool>(wipe.permission.Place() + " allow_wipe", *value,
                                                    {{"true", true}, {"false", false}});
  }
  wipe.permission.system_identifier = settings.SectionText("system_identifier").value_or("");
  wipe.permission.clerk_instance = settings.SectionText("clerk_instance").value_or("");
  wipe.permission.clerk_environment = settings.SectionText("clerk_environment").value_or("");
  if (auto value = text("wipe-script")) wipe.script = *value;
  if (auto value = text("steps")) wipe.steps = *value;
  // What stands for a person's own hand: nothing that is set once and forgotten may say it.
  for (const char* name : {"confirm", "production"}) {
    const bool is_said =
        std::string_view(name) == "confirm" ? text(name).has_value() : settings.IsOn(name);
    const std::string flag = std::string("--") + name;
    if (is_said && settings.PlaceOf(name) != flag) {
      throw Refused(settings.PlaceOf(name), "only a flag may say this",
                    "give " + flag + " instead");
    }
  }
  wipe.dry_run = settings.IsOn("dry-run");
  wipe.confirm = text("confirm");
  if (auto value = text("backup")) wipe.backup = *value;
  wipe.no_backup = settings.IsOn("no-backup");
  if (auto value = text("export")) wipe.export_file = *value;
  wipe.production = settings.IsOn("production");
  if (auto value = text("rate")) wipe.rate = ParseWhole(settings.PlaceOf("rate"), *value, 1, 1000);
}

void Apply(const Settings& settings, const Environment& environment, Options& options) {
  const auto text = [&](const char* name) { return settings.Text(name); };
  const auto place = [&](const char* name) { return settings.PlaceOf(name); };
  if (auto value = text("migrations")) options.migrations = *value;
  if (auto value = text("backfills")) {
    options.backfills = *value;
    options.backfills_named = true;
  }
  const auto url = text("url");
  if (url && place("url") == "--url") {
    options.target.url_flag = url;
  } else {
    options.target.url_setting = url ? url : environment("DATABASE_URL");
    if (url) options.target.setting_name = place("url");
  }
  if (auto value = text("schema")) options.schema = *value;
  if (options.schema.empty() || options.schema.size() > 63) {
    throw Refused(place("schema"), "not a name of 1 to 63 bytes", "name a schema");
  }
  if (auto value = text("tls")) {
    options.target.tls = RequireOneOf<std::string>(place("tls"), *value,
                                                   {{"disable", "disable"},
                                                    {"prefer", "prefer"},
                                                    {"require", "require"},
                                                    {"verify-ca", "verify-ca"},
                                                    {"verify-full", "verify-full"}});
  }
  if (auto value = text("log-format")) {
    options.log_format = RequireOneOf<LogFormat>(
        place("log-format"), *value, {{"text", LogFormat::kText}, {"json", LogFormat::kJson}});
  }
  if (auto value = text("format")) {
    options.format = RequireOneOf<Format>(
        place("format"), *value,
        {{"table", Format::kTable}, {"json", Format::kJson}, {"csv", Format::kCsv}});
  }
  const bool verbose = settings.IsOn("verbose");
  if (verbose) options.verbosity = Verbosity::kVerbose;
  if (settings.IsOn("quiet") && !(verbose && settings.GoesBefore("verbose", "quiet"))) {
    options.verbosity = Verbosity::kQuiet;
  }
  for (const backfill::LimitName& limit : backfill::LimitNames()) {
    const auto value = text(limit.name);
    if (!value) continue;
    backfill::SetLimit(options.limits, limit.name, place(limit.name), *value);
    if (place(limit.name) == std::string("--") + limit.name) options.tuned[limit.name] = *value;
  }
  options.reset = settings.IsOn("reset");
  const auto number = [&](const char* name) -> std::optional<core::Version> {
    const auto value = text(name);
    if (!value) return std::nullopt;
    auto version = core::Version::Parse(*value);
    if (version) return version;
    throw Refused(place(name), fmt::format("\"{}\" is not a number", *value),
                  "give the number of a rung");
  };
  options.to = number("to");
  options.from = number("from");
  if (auto value = text("fail-on")) {
    options.fail_on = RequireOneOf<FailOn>(
        place("fail-on"), *value,
        {{"error", FailOn::kError}, {"warning", FailOn::kWarning}, {"none", FailOn::kNone}});
  }
  if (auto value = text("max-runtime"))
    options.max_runtime = RequireDuration(place("max-runtime"), *value);
  if (auto value = text("lock-wait"))
    options.lock_wait = RequireDuration(place("lock-wait"), *value);
  if (auto value = text("lock-timeout"))
    options.lock_timeout = RequireDuration(place("lock-timeout"), *value);
  if (auto value = text("lock-patience"))
    options.lock_patience = RequireDuration(place("lock-patience"), *value);
  if (auto value = text("resume")) {
    options.resume = RequireOneOf<migrate::Resume>(
        place("resume"), *value,
        {{"rerun", migrate::Resume::kRerun}, {"skip", migrate::Resume::kSkip}});
  }
  if (auto value = text("max-rejects"))
    options.max_rejects = ParseWhole(place("max-rejects"), *value, 0, 1'000'000);
  options.retry = settings.IsOn("retry");
  options.fix_mismatches = settings.IsOn("fix-mismatches");
  options.finish = settings.IsOn("finish");
  options.again = settings.IsOn("again") || options.fix_mismatches;
  options.allow_late = settings.IsOn("allow-late");
  options.record_supabase = settings.IsOn("record-supabase");
  options.pending_only = settings.IsOn("pending");
  options.allow_empty = settings.IsOn("allow-empty");
  options.all = settings.IsOn("all");
  options.yes = settings.IsOn("yes");
  const auto versions = [&](const char* name) {
    const auto value = text(name);
    return value ? RequireVersions(place(name), *value) : std::vector<core::Version>{};
  };
  options.forget = versions("forget");
  options.mark_done = versions("mark-done");
  options.mark_undone = versions("mark-undone");
  options.execute = settings.IsOn("execute");
  options.supabase = settings.IsOn("supabase");
  options.rules = settings.IsOn("rules");
  options.clerk = settings.IsOn("clerk");
  if (auto value = text("clerk-key-file")) options.clerk_key_file = *value;
  if (auto value = text("clerk-timeout"))
    options.clerk_timeout = RequireDuration(place("clerk-timeout"), *value);
  ApplyWipe(settings, options.wipe);
}

}  // namespace

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
  const Settings settings(options.command,
                          std::move(CommonSettings().add(CommandSettings(command->flags))),
                          std::move(CommonSettings().add(CommandSettings(kAllFlags))),
                          SectionSettings(), rest, environment);
  options.arguments = settings.positional();
  if (options.arguments.size() > command->most_arguments) {
    throw Refused("",
                  fmt::format("`{}` is one argument too many for `rung {}`",
                              options.arguments[command->most_arguments], command->name),
                  fmt::format("see `rung help {}`", command->name));
  }
  Apply(settings, environment, options);
  return options;
}

}  // namespace rung::cli
