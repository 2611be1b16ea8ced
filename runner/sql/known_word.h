// The words by which a statement is known to be worth a closer look. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace rung::sql {

// Words outside of quotes without which no statement is of interest: the bits of a mask.
enum Word : uint32_t {
  kWordAbort = 1u << 0,
  kWordAlter = 1u << 1,
  kWordAs = 1u << 15,
  kWordAtomic = 1u << 2,
  kWordBegin = 1u << 3,
  kWordCall = 1u << 4,
  kWordCase = 1u << 5,
  kWordCluster = 1u << 6,
  kWordCommit = 1u << 7,
  kWordConcurrently = 1u << 8,
  kWordCopy = 1u << 9,
  kWordCreate = 1u << 10,
  kWordDatabase = 1u << 11,
  kWordDiscard = 1u << 12,
  kWordDo = 1u << 13,
  kWordEnd = 1u << 14,
  kWordPrepare = 1u << 16,
  kWordProcedure = 1u << 17,
  kWordReindex = 1u << 18,
  kWordRelease = 1u << 19,
  kWordRollback = 1u << 20,
  kWordSavepoint = 1u << 21,
  kWordStandardConformingStrings = 1u << 22,
  kWordStart = 1u << 23,
  kWordStdin = 1u << 24,
  kWordStdout = 1u << 25,
  kWordSubscription = 1u << 26,
  kWordSystem = 1u << 27,
  kWordTablespace = 1u << 28,
  kWordVacuum = 1u << 29,
  kWordValue = 1u << 30,
};

// 0 for a word that is none of them.
// Shape:  as written, in any case.
uint32_t KnownWordOf(std::string_view written);

}  // namespace rung::sql
