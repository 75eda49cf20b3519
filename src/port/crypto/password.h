// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace hikyaku::crypto {

/// What a hash costs. The defaults are OWASP's second choice for argon2id: 19 MiB, 2 passes, 1 lane
/// (20–40 ms of a core).
struct PasswordCost {
  std::uint32_t memory_kib = 19 * 1024;
  std::uint32_t passes = 2;
  std::uint32_t lanes = 1;
};
inline constexpr PasswordCost kPasswordCost{};
inline constexpr std::size_t kPasswordOctetsMax = 1024;

/// "$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH" (PHC string) with a fresh salt of 16 octets.
/// Takes tens of milliseconds and as much memory as the cost says: for the pool, never on a loop.
Result<std::string> hash_password(const Secret& password, PasswordCost cost = kPasswordCost);

/// Whether the password is the one of the hash, whatever cost it was made with. For the pool.
/// Errors: kPermanent for a text that is no argon2 hash, or costs more than 1 GiB or 100 passes.
Result<bool> verify_password(const Secret& password, std::string_view hash);

/// Takes the time of a verification that fails. For addresses that have no account, so that the
/// time of an answer does not tell which have. For the pool.
void verify_nothing(const Secret& password);

/// Whether a hash is to be made anew (at the next login) because its cost is not the present one.
[[nodiscard]] bool needs_rehash(std::string_view hash, PasswordCost cost = kPasswordCost);

}  // namespace hikyaku::crypto
