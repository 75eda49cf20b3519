// SPDX-License-Identifier: Apache-2.0
#include "record/directory/verified.h"

#include "base/secret.h"
#include "port/crypto/digest.h"
#include "port/crypto/random.h"

namespace hikyaku::directory {
namespace {

constexpr std::chrono::minutes kRemembered{5};
constexpr std::size_t kEntriesMax = 10'000;
constexpr std::size_t kOctetsMax = 1 << 20;

}  // namespace

Verified::Verified(const Clock& clock)
    : clock_(clock), key_(crypto::random_octets(32)), until_(kEntriesMax, kOctetsMax) {}

Verified::~Verified() { wipe(key_); }

std::string Verified::digest(std::string_view hash, std::string_view password) const {
  std::string text;
  text.reserve(hash.size() + 1 + password.size());  // no copy of the password stays behind
  text.append(hash).append(1, '\0').append(password);
  const auto sum = crypto::hmac_sha256(key_, text);
  wipe(text);
  return {sum.begin(), sum.end()};
}

bool Verified::knows(std::string_view hash, std::string_view password) {
  const auto key = digest(hash, password);
  const std::lock_guard lock(mutex_);
  const auto* until = until_.find(key);
  if (until == nullptr) return false;
  if (clock_.steady_now() < *until) return true;
  until_.erase(key);
  return false;
}

void Verified::remember(std::string_view hash, std::string_view password) {
  auto key = digest(hash, password);
  const std::lock_guard lock(mutex_);
  until_.insert(std::move(key), clock_.steady_now() + kRemembered, sizeof(SteadyTime));
}

}  // namespace hikyaku::directory
