// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/ids.h"

namespace hikyaku::store {

/// "Account A changed up to modseq N": wakes whoever shows that account. A hint may be lost and is
/// never needed for correctness.
///
/// Threads: any. A listener runs in the publisher's thread and must only post to its own executor.
class Hints {
 public:
  using Listener = std::function<void(AccountId, ModSeq)>;

  /// Listens until it dies; the listener does not run after the destructor returned.
  class Subscription {
   public:
    Subscription(Hints& hints, AccountId account, Listener listener);
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription();

   private:
    Hints& hints_;
    AccountId account_;
    std::list<Listener>::iterator place_;
  };

  void publish(AccountId account, ModSeq modseq);

 private:
  std::mutex mutex_;
  std::unordered_map<AccountId, std::list<Listener>> listeners_;
};

}  // namespace hikyaku::store
