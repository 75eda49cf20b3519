// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/route.h"

#include <algorithm>
#include <functional>
#include <random>
#include <set>

namespace hikyaku::delivery {

Task<std::expected<dns::MailRoute, dns::NoRoute>> find_route(const Options* options,
                                                             const Ports* ports,
                                                             std::string destination) {
  dns::RouteOptions how;
  how.families = options->families;
  how.own_names = options->own_names;
  how.own_addresses = options->own_addresses;
  how.random_below = [](std::uint64_t n) {
    thread_local std::minstd_rand random{std::random_device{}()};
    return std::uniform_int_distribution<std::uint64_t>(0, n - 1)(random);
  };
  return dns::route_mail(&ports->resolver, std::move(destination), std::move(how));
}

Way way_of(const dns::MailRoute& route) {
  std::set<std::string_view> names;
  std::vector<const dns::MailHost*> hosts;
  for (const auto& host : route.hosts) {
    names.insert(host.name);
    hosts.push_back(&host);
  }
  // Equal preferences come in random order.
  std::ranges::sort(hosts, [](const dns::MailHost* a, const dns::MailHost* b) {
    return a->preference != b->preference ? a->preference < b->preference : a->name < b->name;
  });
  Way way;
  for (const auto& name : names) {
    if (!way.site.empty()) way.site += ' ';
    way.site += name;
  }
  std::string order = route.secure ? "secure" : "";
  std::optional<std::uint16_t> last;
  for (const auto* host : hosts) {
    order += host->preference == last ? ' ' : '\n';
    order += host->name;
    if (host->secure) order += '+';
    last = host->preference;
  }
  way.order = std::hash<std::string>()(order);
  return way;
}

Way no_way(const std::string& destination) { return {"?" + destination, 0}; }

}  // namespace hikyaku::delivery
