// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "port/net/address.h"

namespace hikyaku::net {

/// Counts open connections, in all and per client (an IPv4 address, or an IPv6 /64).
///
/// Threads: any.
class ConnectionLimit {
 public:
  /// 0 = no limit.
  struct Maxima {
    std::size_t all = 0;
    std::size_t per_client = 0;
  };
  enum class Answer : unsigned char { kTaken, kFullForAll, kFullForClient };

  explicit ConnectionLimit(Maxima maxima) : maxima_(maxima) {}
  ConnectionLimit(const ConnectionLimit&) = delete;
  ConnectionLimit& operator=(const ConnectionLimit&) = delete;

  /// kTaken must be followed by one give_back().
  [[nodiscard]] Answer take(const IpAddress& client);
  void give_back(const IpAddress& client) noexcept;
  [[nodiscard]] std::size_t open() const;

 private:
  const Maxima maxima_;
  mutable std::mutex mutex_;
  std::size_t open_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> clients_;
};

}  // namespace hikyaku::net
