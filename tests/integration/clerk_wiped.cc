#include "integration/clerk_wiped.h"

#include <fstream>
#include <regex>

namespace rung::test {

ClerkProject::ClerkProject(const std::string& settings) : clerk(settings) {
  WriteConf(
      "[test]\nallow_wipe = true\nclerk_instance = ins_standin\nclerk_environment = development\n");
}

Command ClerkProject::Wipe(std::vector<std::string> further) const {
  std::vector<std::string> words{"wipe", "clerk", "--environment", "test"};
  words.insert(words.end(), further.begin(), further.end());
  return {.arguments = words,
          .directory = directory.path().string(),
          .environment = {"CLERK_SECRET_KEY=sk_test_standin0000", "CLERK_API_URL=" + clerk.url()},
          .program = {}};
}

Command ClerkProject::Confirmed(std::vector<std::string> further) const {
  std::vector<std::string> words{"--yes", "--confirm", "ins_standin", "--rate", "100"};
  words.insert(words.end(), further.begin(), further.end());
  return Wipe(words);
}

std::string ClerkProject::Left() const {
  const auto state = State();
  return std::to_string(state["organizations"].size()) + " " +
         std::to_string(state["users"].size());
}

size_t ClerkProject::Asked(const std::string& beginning) const {
  size_t count = 0;
  for (const auto& request : Requests()) {
    const std::string text =
        request["method"].get<std::string>() + " " + request["path"].get<std::string>();
    if (text.starts_with(beginning)) ++count;
  }
  return count;
}

std::vector<nlohmann::json> ClerkProject::Exported() const {
  std::vector<nlohmann::json> objects;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    if (entry.path().extension() != ".jsonl") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      objects.push_back(nlohmann::json::parse(line));
    }
  }
  return objects;
}

std::string ClerkProject::Shown(std::string text) const {
  text = std::regex_replace(text, std::regex(R"(rung-clerk-ins_standin-\d{8}T\d{6}Z(-\d+)?)"),
                            "rung-clerk-ins_standin-<time>");
  text = std::regex_replace(text, std::regex(R"(, [0-9.]+ a second(, about \d+ s left)?)"), "");
  return std::regex_replace(text, std::regex(R"(port \d+|:\d{4,5}\b)"), "<port>");
}

}  // namespace rung::test
