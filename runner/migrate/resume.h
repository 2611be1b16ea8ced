// What a person has found out about a statement whose end nobody recorded.
#pragma once

namespace rung::migrate {

enum class Resume { kRerun, kSkip };

}  // namespace rung::migrate
