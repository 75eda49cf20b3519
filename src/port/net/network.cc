// SPDX-License-Identifier: Apache-2.0
#include "port/net/network.h"

#include <algorithm>
#include <charconv>

#include "base/words.h"

namespace hikyaku::net {

Result<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address)
    return permanent(Words{"not an IP address or network: {0}",
                           "IP アドレスでもネットワークでもありません: {0}"},
                     text);
  const unsigned bits_max = address->is_v4() ? 32 : 128;
  if (slash == std::string_view::npos) return Network(*address, bits_max);
  const auto digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits > bits_max)
    return permanent(Words{"the prefix of {0} must be a number from 0 to {1}",
                           "{0} のプレフィックスは 0 から {1} までの数にしてください"},
                     text, bits_max);
  return Network(*address, bits);
}

bool Network::contains(const IpAddress& address) const {
  if (address.is_v4() != address_.is_v4()) return false;
  const auto& a = address.octets();
  const auto& b = address_.octets();
  const unsigned whole = prefix_bits_ / 8;
  for (unsigned i = 0; i < whole; ++i)
    if (a[i] != b[i]) return false;
  const unsigned rest = prefix_bits_ % 8;
  if (rest == 0) return true;
  const unsigned mask = 0xffU << (8 - rest) & 0xffU;
  return (a[whole] & mask) == (b[whole] & mask);
}

bool in_any(const std::vector<Network>& networks, const Endpoint& client) {
  if (!client.path.empty()) return false;
  return std::ranges::any_of(networks,
                             [&](const Network& n) { return n.contains(client.address); });
}

}  // namespace hikyaku::net
