#include "integration/wiped.h"

#include <algorithm>

#include "integration/masked.h"

namespace rung::test {

WipeProject::WipeProject() {
  project.database.Query(R"(
CREATE TABLE plan (code text PRIMARY KEY);
CREATE TABLE org (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, plan text REFERENCES plan, clerk_org_id text);
CREATE TABLE member (id serial PRIMARY KEY, org_id int REFERENCES org, clerk_org_id text);
CREATE TABLE note (text text);
INSERT INTO plan VALUES ('free'), ('paid');
INSERT INTO org (plan, clerk_org_id) VALUES ('free', 'org_a'), ('paid', 'org_b');
INSERT INTO member (org_id) VALUES (1), (1), (2);
INSERT INTO note VALUES ('keep me');)");
  project.Write("scripts/wipe_all_user_data.sql",
                "TRUNCATE public.org, public.member RESTART IDENTITY;\n");
  WriteConf("[test]\nallow_wipe = true\nsystem_identifier = " + SystemIdentifier() + "\n");
}

Command WipeProject::Wipe(std::vector<std::string> further) const {
  std::vector<std::string> words{"wipe", "database", "--environment", "test"};
  words.insert(words.end(), further.begin(), further.end());
  return project.Rung(words);
}

Command WipeProject::Confirmed(std::vector<std::string> further) const {
  std::vector<std::string> words{"--yes", "--confirm", project.database.name()};
  words.insert(words.end(), further.begin(), further.end());
  return Wipe(words);
}

std::string WipeProject::SystemIdentifier() {
  return project.database.Value("SELECT system_identifier FROM pg_control_system()");
}

std::string WipeProject::Rows() {
  return project.database.Value(
      "SELECT 'org ' || (SELECT count(*) FROM org) || ', member ' || (SELECT count(*) FROM member) "
      "|| ', plan ' || (SELECT count(*) FROM plan) || ', note ' || (SELECT count(*) FROM note)");
}

std::vector<std::string> WipeProject::Dumps() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(project.directory.path())) {
    if (entry.path().extension() == ".dump") names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string WipeProject::Shown(const std::string& text) {
  std::string masked = Masked(project, text);
  const std::string identifier = SystemIdentifier();
  for (size_t at = 0; (at = masked.find(identifier, at)) != std::string::npos;) {
    masked.replace(at, identifier.size(), "<identifier>");
  }
  return masked;
}

}  // namespace rung::test
