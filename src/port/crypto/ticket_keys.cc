// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/ticket_keys.h"

#include <algorithm>

#include "port/crypto/random.h"

namespace hikyaku::crypto {

void TicketKeys::rotate(SteadyTime now) {
  if (present_ && now - present_->made < kLife) return;
  past_.reset();
  if (present_ && now - present_->made < 2 * kLife) past_ = present_;
  present_.emplace();
  fill_random(present_->name);
  fill_random(present_->cipher);
  fill_random(present_->mac);
  present_->made = now;
}

TicketKeys::Key TicketKeys::present(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  rotate(now);
  return *present_;
}

std::optional<TicketKeys::Found> TicketKeys::find(const std::uint8_t* name, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  rotate(now);
  if (std::ranges::equal(present_->name, std::span(name, 16))) return {{*present_, Age::kPresent}};
  if (past_ && now - past_->made < 2 * kLife &&
      std::ranges::equal(past_->name, std::span(name, 16))) {
    return {{*past_, Age::kPast}};
  }
  return std::nullopt;
}

}  // namespace hikyaku::crypto
