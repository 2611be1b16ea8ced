#include "report/clerk_match.h"

#include <algorithm>

namespace rung::report {
namespace {

constexpr size_t kMost = 3;
constexpr size_t kShortest = 4;  // of a name that another one may begin with

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Without white space, a no-break space among it, and in lower case.
std::string Bare(std::string_view id) {
  std::string bare;
  for (size_t i = 0; i < id.size(); ++i) {
    if (id.substr(i).starts_with("\xC2\xA0")) {
      ++i;
    } else if (std::string_view(" \t\r\n\v\f").find(id[i]) == std::string_view::npos) {
      bare += Lower(id[i]);
    }
  }
  return bare;
}

// What is left of a name when two people write it: letters, digits, and all that is not ASCII.
std::string Letters(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (is_kept) letters += Lower(c);
  }
  return letters;
}

bool BeginsWith(const std::string& longer, const std::string& shorter) {
  return shorter.size() >= kShortest && longer.starts_with(shorter);
}

}  // namespace

std::string FindNearMiss(const std::string& id, const std::vector<clerk::Object>& organizations) {
  const std::string bare = Bare(id);
  for (const clerk::Object& organization : organizations) {
    if (organization.id != id && Bare(organization.id) == bare) return organization.id;
  }
  return "";
}

std::vector<clerk::Object> SuggestOrganizations(const std::string& name,
                                                const std::vector<clerk::Object>& organizations) {
  const std::string letters = Letters(name);
  std::vector<clerk::Object> same;
  std::vector<clerk::Object> alike;
  if (letters.empty()) return same;
  for (const clerk::Object& organization : organizations) {
    const std::string other = Letters(organization.name);
    if (other == letters) {
      same.push_back(organization);
    } else if (BeginsWith(other, letters) || BeginsWith(letters, other)) {
      alike.push_back(organization);
    }
  }
  same.insert(same.end(), alike.begin(), alike.end());
  if (same.size() > kMost) same.resize(kMost);
  return same;
}

}  // namespace rung::report
