// Times and sizes as people write them. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rung::core {

// "8m", "90s", "1h30m", "250ms"; nullopt for anything else.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "20MB", "512kB", "1GB", "4096"; nullopt for anything else. As PostgreSQL's settings have it, a kB is
// 1024 bytes.
std::optional<int64_t> ParseBytes(std::string_view text);

}  // namespace rung::core
