// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "config/keys.h"

// What may stand in a text value. Each gives what is wrong and what would be right, or nullptr.
namespace hikyaku::config {

const Fault* no_host_name(std::string_view text);   ///< a domain name, or empty
const Fault* no_ip_address(std::string_view text);  ///< IPv4 or IPv6
const Fault* no_ipv4(std::string_view text);        ///< or empty
const Fault* no_ipv6(std::string_view text);        ///< or empty
const Fault* no_forwarder(std::string_view text);   ///< "192.0.2.1" or "192.0.2.1@5353"
const Fault* no_network(std::string_view text);     ///< "192.0.2.0/24", or an address
const Fault* no_user_name(std::string_view text);

}  // namespace hikyaku::config
