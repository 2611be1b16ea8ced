#include "reset/project_reference.h"

namespace rung::reset {

std::string ProjectReference(const pg::Target& target) {
  const std::string begin = "db.";
  for (const std::string end : {".supabase.co", ".supabase.net"}) {
    const std::string& host = target.host;
    if (host.starts_with(begin) && host.ends_with(end) && host.size() > begin.size() + end.size()) {
      return host.substr(begin.size(), host.size() - begin.size() - end.size());
    }
  }
  const size_t dot = target.user.find('.');
  const bool is_pooler = target.host.ends_with(".pooler.supabase.com");
  if (is_pooler && dot != std::string::npos && dot + 1 < target.user.size()) {
    return target.user.substr(dot + 1);
  }
  return target.database;
}

}  // namespace rung::reset
