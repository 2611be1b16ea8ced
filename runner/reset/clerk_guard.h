// Whether this key and this instance may be wiped. Pure.
#pragma once

#include "clerk/objects.h"
#include "clerk/secret_key.h"
#include "reset/permission.h"

namespace rung::reset {

// Before anything is sent: an environment that allows it, and for a key of a production instance the
// configuration and the flag that say so.
// Errors: core::Error (kUsage), here and below.
void RequireKeyAllowed(const Permission& permission, const clerk::SecretKey& key, bool production);

// Against what Clerk says of the key's instance: pinned id and environment; key, instance, flag and
// configuration agree whether it is production.
void RequireInstanceAllowed(const Permission& permission, const clerk::SecretKey& key,
                            bool production, const clerk::Instance& instance);

}  // namespace rung::reset
