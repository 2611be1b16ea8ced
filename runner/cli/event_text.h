// An event as a line for people, and as an object for machines. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/error.h"
#include "core/event.h"

namespace rung::cli {

core::Notice::Level LevelOf(const core::Event& event);

std::string TextOf(const core::Event& event);

// {"event": "migration_applied", …}; documented in docs/formats.md.
nlohmann::ordered_json JsonOf(const core::Event& event);

// {"time": …, "event": "error", "problems": […], "state": …, "next": …}
nlohmann::ordered_json ErrorJson(const core::Error& error);

// "1.2 s", "35 ms", "3 min 20 s"
std::string FormatDuration(std::chrono::milliseconds duration);

// "1,234,567"
std::string FormatCount(int64_t count);

// "244 MB"
std::string FormatBytes(int64_t bytes);

}  // namespace rung::cli
