// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// What may stand in a text value. Each says what is wrong and what would be right, or gives
// nullptr.
namespace hikyaku::config {

const char* no_host_name(std::string_view text);   ///< a domain name, or empty
const char* no_ip_address(std::string_view text);  ///< IPv4 or IPv6
const char* no_ipv4(std::string_view text);        ///< or empty
const char* no_ipv6(std::string_view text);        ///< or empty
const char* no_forwarder(std::string_view text);   ///< "192.0.2.1" or "192.0.2.1@5353"
const char* no_network(std::string_view text);     ///< "192.0.2.0/24", or an address
const char* no_user_name(std::string_view text);

}  // namespace hikyaku::config
