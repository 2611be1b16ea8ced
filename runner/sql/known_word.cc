#include "sql/known_word.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace rung::sql {
namespace {

struct KnownWord {
  std::string_view text;
  uint32_t word;
};

// In the order of their letters.
constexpr KnownWord kKnownWords[] = {
    {"abort", kWordAbort},
    {"alter", kWordAlter},
    {"as", kWordAs},
    {"atomic", kWordAtomic},
    {"begin", kWordBegin},
    {"call", kWordCall},
    {"case", kWordCase},
    {"cluster", kWordCluster},
    {"commit", kWordCommit},
    {"concurrently", kWordConcurrently},
    {"copy", kWordCopy},
    {"create", kWordCreate},
    {"database", kWordDatabase},
    {"discard", kWordDiscard},
    {"do", kWordDo},
    {"end", kWordEnd},
    {"prepare", kWordPrepare},
    {"procedure", kWordProcedure},
    {"reindex", kWordReindex},
    {"release", kWordRelease},
    {"rollback", kWordRollback},
    {"savepoint", kWordSavepoint},
    {"standard_conforming_strings", kWordStandardConformingStrings},
    {"start", kWordStart},
    {"stdin", kWordStdin},
    {"stdout", kWordStdout},
    {"subscription", kWordSubscription},
    {"system", kWordSystem},
    {"tablespace", kWordTablespace},
    {"vacuum", kWordVacuum},
    {"value", kWordValue},
};
constexpr size_t kLongestWord = 27;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

uint32_t KnownWordOf(std::string_view written) {
  if (written.size() < 2 || written.size() > kLongestWord) return 0;
  std::array<char, kLongestWord> letters{};
  std::transform(written.begin(), written.end(), letters.begin(), Lower);
  const std::string_view text(letters.data(), written.size());
  const auto* found = std::lower_bound(
      std::begin(kKnownWords), std::end(kKnownWords), text,
      [](const KnownWord& known, std::string_view wanted) { return known.text < wanted; });
  return found != std::end(kKnownWords) && found->text == text ? found->word : 0;
}

}  // namespace rung::sql
