// SPDX-License-Identifier: Apache-2.0
#include "app/dns_options.h"

#include <utility>

#include "app/files.h"

namespace hikyaku::app {

Result<dns::Options> dns_options(const config::Config& config) {
  dns::Options out;
  out.forwarders = config.dns.forwarders;
  out.root_hints_file = config.dns.root_hints;
  if (config.dns.dnssec == config::Switch::kOn) {
    out.trust_anchor_file = config.dns.trust_anchor;
    // A forwarder may not hand on what validation needs: then it is used where somebody asked for
    // it.
    if (out.trust_anchor_file.empty() && out.forwarders.empty())
      out.trust_anchor_file = dns::find_trust_anchor();
  }
  out.ipv6 = config.delivery.families != config::Families::kIpv4;
  for (const auto& file : config.dns.zones) {
    auto records = read_lines(file);
    if (!records) return std::unexpected(std::move(records).error().in("dns.zones"));
    for (auto& record : *records) out.local_zone_data.push_back(std::move(record));
  }
  return out;
}

}  // namespace hikyaku::app
