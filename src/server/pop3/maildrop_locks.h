// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/ids.h"

namespace hikyaku::pop3_server {

/// Which maildrops are in use: a POP3 session has its maildrop for itself (RFC 1939 §4). Other
/// protocols are not locked out; what they delete, this session no longer finds.
///
/// Threads: any.
class MaildropLocks {
 public:
  /// Held until it dies.
  class Lock {
   public:
    Lock(MaildropLocks& locks, AccountId account) : locks_(&locks), account_(account) {}
    Lock(Lock&& other) noexcept
        : locks_(std::exchange(other.locks_, nullptr)), account_(other.account_) {}
    Lock& operator=(Lock&& other) noexcept {
      std::swap(locks_, other.locks_);
      std::swap(account_, other.account_);
      return *this;
    }
    ~Lock() {
      if (locks_ != nullptr) locks_->give_back(account_);
    }

   private:
    MaildropLocks* locks_;
    AccountId account_;
  };

  /// nullopt when another session has it.
  [[nodiscard]] std::optional<Lock> take(AccountId account) {
    const std::lock_guard lock(mutex_);
    if (!taken_.insert(account).second) return std::nullopt;
    return std::optional<Lock>(std::in_place, *this, account);
  }

 private:
  void give_back(AccountId account) {
    const std::lock_guard lock(mutex_);
    taken_.erase(account);
  }

  std::mutex mutex_;
  std::unordered_set<AccountId> taken_;
};

}  // namespace hikyaku::pop3_server
