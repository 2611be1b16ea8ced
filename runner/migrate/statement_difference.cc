#include "migrate/statement_difference.h"

#include <fmt/format.h>

#include <algorithm>

namespace rung::migrate {
namespace {

std::string Name(size_t first, size_t count) {
  return count == 1 ? fmt::format("statement {}", first + 1)
                    : fmt::format("statements {} to {}", first + 1, first + count);
}

std::string AsItIs(const std::string& what, const sql::Statement& statement) {
  return fmt::format("{}, line {}: {}", what, statement.head_line,
                     ShortHead(statement, [](const std::string& text) { return text; }));
}

std::string AsItWas(const std::string& what, const RecordedStatement& statement) {
  return fmt::format("{} line {}: {}", what, statement.line, statement.head);
}

// The first statement that is not as it was, or that only one of them has.
size_t FirstDifference(std::span<const RecordedStatement> recorded, const Migration& migration) {
  size_t at = 0;
  while (at < recorded.size() && at < migration.statements.size() &&
         recorded[at].digest == DigestOf(migration.statements[at])) {
    ++at;
  }
  return at;
}

std::vector<std::string> Differs(std::span<const RecordedStatement> recorded,
                                 const Migration& migration, size_t at) {
  return {AsItIs(fmt::format("statement {} of {} differs", at + 1, migration.statements.size()),
                 migration.statements[at]),
          AsItWas("it was, in", recorded[at])};
}

}  // namespace

bool HasSameStart(std::span<const RecordedStatement> recorded, const Migration& migration,
                  int count) {
  const auto most = static_cast<size_t>(count);
  if (count > kMostKept || recorded.size() < most || migration.statements.size() < most) {
    return false;
  }
  for (size_t i = 0; i < most; ++i) {
    if (recorded[i].digest != DigestOf(migration.statements[i])) return false;
  }
  return true;
}

std::vector<std::string> DescribeDifference(std::span<const RecordedStatement> recorded, int total,
                                            const Migration& migration) {
  const auto before = static_cast<size_t>(total);
  const size_t now = migration.statements.size();
  if (recorded.size() < std::min(before, static_cast<size_t>(kMostKept))) return {};
  const size_t at = FirstDifference(recorded, migration);
  if (at == recorded.size() && at < before) {
    return {fmt::format("the first {} statements are the same, a later one differs", at)};
  }
  if (at == before && at == now)
    return {"every statement is the same: its BEGIN or COMMIT differs"};

  // The rest is the same where it stands further down: these were put in between, or taken out.
  if (now > before) {
    const size_t added = now - before;
    if (at == before || recorded[at].digest == DigestOf(migration.statements[at + added])) {
      return {
          AsItIs(fmt::format("{} of {} {} new", Name(at, added), now, added == 1 ? "is" : "are"),
                 migration.statements[at])};
    }
  } else if (before > now) {
    const size_t removed = before - now;
    if (at == now || (at + removed < recorded.size() &&
                      recorded[at + removed].digest == DigestOf(migration.statements[at]))) {
      return {AsItWas(
          removed == 1 ? fmt::format("{} of {} is gone, it was in", Name(at, 1), before)
                       : fmt::format("{} of {} are gone, they began in", Name(at, removed), before),
          recorded[at])};
    }
  }
  std::vector<std::string> lines = Differs(recorded, migration, at);
  if (before != now) {
    lines.push_back(fmt::format("the file had {} statement{}, and has {}", before,
                                before == 1 ? "" : "s", now));
  }
  return lines;
}

std::vector<std::string> DescribeDifferenceInStart(std::span<const RecordedStatement> recorded,
                                                   const Migration& migration) {
  const size_t at = FirstDifference(recorded, migration);
  if (at == recorded.size()) return {};
  if (at < migration.statements.size()) return Differs(recorded, migration, at);
  return {AsItWas(fmt::format("{} is gone, it was in", Name(at, 1)), recorded[at])};
}

}  // namespace rung::migrate
