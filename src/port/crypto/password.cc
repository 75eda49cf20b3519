// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/password.h"

#include <argon2.h>

#include <charconv>
#include <optional>

#include "base/words.h"
#include "port/crypto/random.h"

namespace hikyaku::crypto {
namespace {

constexpr std::size_t kSaltOctets = 16;
constexpr std::size_t kHashOctets = 32;
constexpr std::uint32_t kMemoryKibMax = 1024 * 1024;
constexpr std::uint32_t kPassesMax = 100;
constexpr std::uint32_t kLanesMax = 64;
constexpr std::size_t kHashTextMax = 512;

/// Takes `prefix` and the number after it off the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// The cost that a PHC string names; nullopt for a text that is none.
std::optional<PasswordCost> cost_of(std::string_view text) {
  if (text.size() > kHashTextMax || !take_number(text, "$argon2id$v=")) return std::nullopt;
  const auto memory = take_number(text, "$m=");
  const auto passes = take_number(text, ",t=");
  const auto lanes = take_number(text, ",p=");
  if (!memory || !passes || !lanes || !text.starts_with('$')) return std::nullopt;
  return PasswordCost{*memory, *passes, *lanes};
}

Status check_length(const Secret& password) {
  if (password.size() <= kPasswordOctetsMax) return {};
  return permanent(Words{"the password is longer than 1024 octets; choose a shorter one",
                         "パスワードが 1024 オクテットを超えています。短くしてください"});
}

}  // namespace

Result<std::string> hash_password(const Secret& password, PasswordCost cost) {
  HK_TRY(check_length(password));
  const std::string salt = random_octets(kSaltOctets);
  std::string text(argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes, kSaltOctets,
                                     kHashOctets, Argon2_id),
                   '\0');
  const auto octets = password.reveal();
  const int error =
      argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, octets.data(), octets.size(),
                            salt.data(), salt.size(), kHashOctets, text.data(), text.size());
  if (error != ARGON2_OK) {
    return retry_later("hashing a password: " + std::string(argon2_error_message(error)));
  }
  text.resize(text.find('\0'));
  return text;
}

Result<bool> verify_password(const Secret& password, std::string_view hash) {
  const auto cost = cost_of(hash);
  if (!cost) return permanent("the stored password is no argon2id hash; set the password again");
  if (cost->memory_kib > kMemoryKibMax || cost->passes > kPassesMax || cost->lanes > kLanesMax) {
    return permanent("the stored password hash costs too much to check; set the password again");
  }
  if (!check_length(password)) return false;
  const std::string text(hash);  // ended by a NUL
  const auto octets = password.reveal();
  const int error = argon2id_verify(text.c_str(), octets.data(), octets.size());
  if (error == ARGON2_OK) return true;
  if (error == ARGON2_VERIFY_MISMATCH) return false;
  if (error == ARGON2_MEMORY_ALLOCATION_ERROR || error == ARGON2_THREAD_FAIL) {
    return retry_later("checking a password: " + std::string(argon2_error_message(error)));
  }
  return permanent("the stored password hash is damaged (" +
                   std::string(argon2_error_message(error)) + "); set the password again");
}

void verify_nothing(const Secret& password) {
  ignore(hash_password(password), "only its time counts");
}

bool needs_rehash(std::string_view hash, PasswordCost cost) {
  const auto present = cost_of(hash);
  return !present || present->memory_kib != cost.memory_kib || present->passes != cost.passes ||
         present->lanes != cost.lanes;
}

}  // namespace hikyaku::crypto
