// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "record/directory/lru.h"

namespace hikyaku::directory {

/// Passwords that were right lately, as digests under a key that lives in this process only.
///
/// A digest is over the account's stored hash and the password, so another password makes all that
/// was remembered of the old one worthless by itself. Threads: any.
class Verified {
 public:
  explicit Verified(const Clock& clock);
  Verified(const Verified&) = delete;
  Verified& operator=(const Verified&) = delete;
  ~Verified();

  [[nodiscard]] bool knows(std::string_view hash, std::string_view password);
  void remember(std::string_view hash, std::string_view password);

 private:
  [[nodiscard]] std::string digest(std::string_view hash, std::string_view password) const;

  const Clock& clock_;
  std::string key_;
  std::mutex mutex_;
  Lru<SteadyTime> until_;
};

}  // namespace hikyaku::directory
