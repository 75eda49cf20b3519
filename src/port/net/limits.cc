// SPDX-License-Identifier: Apache-2.0
#include "port/net/limits.h"

#include "base/assert.h"

namespace hikyaku::net {
namespace {

/// What counts as one client. Whoever has an IPv6 /64 has all its addresses.
std::uint64_t client_of(const IpAddress& address) {
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | address.octets()[i];
  // ::/64 has no clients, so IPv4 addresses can lie there: the first 4 octets go to the end.
  return address.is_v4() ? key >> 32 : key;
}

}  // namespace

ConnectionLimit::Answer ConnectionLimit::take(const IpAddress& client) {
  const std::lock_guard lock(mutex_);
  if (maxima_.all != 0 && open_ >= maxima_.all) return Answer::kFullForAll;
  if (maxima_.per_client != 0) {
    auto& count = clients_[client_of(client)];
    if (count >= maxima_.per_client) return Answer::kFullForClient;
    ++count;
  }
  ++open_;
  return Answer::kTaken;
}

void ConnectionLimit::give_back(const IpAddress& client) noexcept {
  const std::lock_guard lock(mutex_);
  HK_ASSERT(open_ > 0);
  --open_;
  if (maxima_.per_client == 0) return;
  const auto found = clients_.find(client_of(client));
  HK_ASSERT(found != clients_.end());
  if (--found->second == 0) clients_.erase(found);
}

std::size_t ConnectionLimit::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

}  // namespace hikyaku::net
