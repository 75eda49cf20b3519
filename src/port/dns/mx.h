// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/task.h"
#include "port/dns/resolver.h"
#include "port/net/address.h"

namespace hikyaku::dns {

/// A host that takes mail for a domain.
struct MailHost {
  std::string name;  ///< small letters, no final dot; of an address literal its text: "[192.0.2.1]"
  std::vector<net::IpAddress> addresses;  ///< in the order to try; at least one
  std::uint16_t preference = 0;
  bool secure = false;  ///< its addresses are validated by DNSSEC
};

/// Where mail for a domain goes: hosts in the order to try.
struct MailRoute {
  std::vector<MailHost> hosts;
  bool secure = false;   ///< the MX answer, or its absence, is validated by DNSSEC (RFC 7672 §2.2)
  bool from_mx = false;  ///< false: the domain's own addresses, or an address literal
};

/// Why there is no route. status_code() has the enhanced code (RFC 3463) for each.
enum class NoRouteReason : unsigned char {
  kNoDomain,    ///< the domain does not exist: permanent
  kNullMx,      ///< the domain says that it takes no mail (RFC 7505): permanent
  kNoAddress,   ///< no host of it has an address: permanent
  kLoop,        ///< we are its best host, but don't know the domain: permanent
  kMalformed,   ///< the domain is no domain name, or its MX records can't be used: permanent
  kDnsFailure,  ///< no answer now, or a forged one: retry later
};
struct NoRoute {
  NoRouteReason reason;
  Error error;
};
[[nodiscard]] std::string_view status_code(NoRouteReason reason);  ///< "5.1.2"

struct RouteOptions {
  enum class Families : unsigned char { kBoth, kIpv4Only, kIpv6Only } families = Families::kBoth;
  std::vector<std::string> own_names;  ///< small letters; loops are cut off there
  std::vector<net::IpAddress> own_addresses;
  std::size_t hosts_max = 10;                    ///< that are looked up, best first
  std::size_t addresses_max = 8;                 ///< of one host
  Duration patience = std::chrono::seconds(30);  ///< for each question
  /// 0 … n-1, evenly; nullptr = the order of the answer stays.
  std::function<std::uint64_t(std::uint64_t)> random_below;
};

/// Finds the hosts for a domain, which may be an address literal.
///
/// By preference, equal ones shuffled; the domain's own addresses when it has no MX; hosts at our
/// own preference and worse are left out, and so are hosts without addresses. When the answer for
/// a better host is not to be had now, the others are still used.
/// Source: RFC 5321 §5.1, RFC 7505. Errors: see NoRouteReason.
Task<std::expected<MailRoute, NoRoute>> route_mail(Resolver* resolver, std::string domain,
                                                   RouteOptions options);

}  // namespace hikyaku::dns
