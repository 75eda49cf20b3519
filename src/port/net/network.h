// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "port/net/address.h"

namespace hikyaku::net {

/// A block of addresses: "192.0.2.0/24", "2001:db8::/32", or one address.
class Network {
 public:
  Network(IpAddress address, unsigned prefix_bits) : address_(address), prefix_bits_(prefix_bits) {}
  /// Errors: kPermanent with what is wrong.
  static Result<Network> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& address) const;

 private:
  IpAddress address_;
  unsigned prefix_bits_;
};

/// Whether the client behind an endpoint is in one of them. A local socket is in none.
[[nodiscard]] bool in_any(const std::vector<Network>& networks, const Endpoint& client);

}  // namespace hikyaku::net
