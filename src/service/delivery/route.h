// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/task.h"
#include "port/dns/mx.h"
#include "service/delivery/delivery.h"
#include "service/delivery/schedule.h"

namespace hikyaku::delivery {

/// Finds the hosts of a destination, now.
Task<std::expected<dns::MailRoute, dns::NoRoute>> find_route(const Options* options,
                                                             const Ports* ports,
                                                             std::string destination);

/// The site of these hosts: their names, whatever their order. Its order: what a connection must
/// agree in to be used for another destination: the hosts by preference, and what of the way is
/// validated by DNSSEC. Pure.
[[nodiscard]] Way way_of(const dns::MailRoute& route);

/// Of a destination without hosts: it is a site of its own, where each attempt looks again.
[[nodiscard]] Way no_way(const std::string& destination);

}  // namespace hikyaku::delivery
