// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/clock.h"
#include "base/task.h"
#include "port/dns/resolver.h"
#include "port/net/address.h"

namespace hikyaku::dns {

/// "1.2.0.192.in-addr.arpa" (RFC 1035 §3.5), or the nibbles of ip6.arpa (RFC 3596 §2.5).
[[nodiscard]] std::string reverse_name(const net::IpAddress& address);

/// The name of an address that points back to it (iprev, RFC 8601 §3): of at most 5 PTR names the
/// first one that has the address among its own. Empty when there is none, or no answer in time.
Task<std::string> confirmed_name(Resolver* resolver, net::IpAddress address, Duration patience);

}  // namespace hikyaku::dns
