// SPDX-License-Identifier: Apache-2.0
#include "port/store/hints.h"

namespace hikyaku::store {

Hints::Subscription::Subscription(Hints& hints, AccountId account, Listener listener)
    : hints_(hints), account_(account) {
  const std::lock_guard lock(hints_.mutex_);
  auto& listeners = hints_.listeners_[account];
  place_ = listeners.insert(listeners.end(), std::move(listener));
}

Hints::Subscription::~Subscription() {
  const std::lock_guard lock(hints_.mutex_);
  const auto found = hints_.listeners_.find(account_);
  found->second.erase(place_);
  if (found->second.empty()) hints_.listeners_.erase(found);
}

void Hints::publish(AccountId account, ModSeq modseq) {
  // Under the lock, so that no listener runs after its subscription has died.
  const std::lock_guard lock(mutex_);
  const auto found = listeners_.find(account);
  if (found == listeners_.end()) return;
  for (const auto& listener : found->second) listener(account, modseq);
}

}  // namespace hikyaku::store
