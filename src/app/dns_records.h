// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/quickstart_texts.h"
#include "port/net/address.h"

namespace hikyaku::app {

/// A record to publish.
struct DnsRecord {
  std::string name;  ///< without a final dot
  std::string type;  ///< "MX"
  /// As a provider's form takes it: names without a final dot, texts in one piece.
  std::string value;
  std::string why;  ///< one line for people
  enum class Ready : unsigned char {
    kYes,
    kFillIn,  ///< the value has a placeholder
  } ready = Ready::kYes;
};

/// What the records are made from.
struct DnsFacts {
  std::string domain;
  std::string host;
  std::vector<net::IpAddress> addresses;  ///< public ones; none = placeholders
  std::string dkim_selector;
  std::string dkim_public_base64;  ///< empty = no key, no record
  // Ports that are served; 0 = not.
  std::uint16_t submissions = 0;
  std::uint16_t imaps = 0;
  std::uint16_t pop3s = 0;
};

/// Every record that a domain needs so that others send to it and take mail from it.
/// Source: RFC 5321 §5 (MX), RFC 7208 (SPF), RFC 7489 §6.3 (DMARC), RFC 6376 §3.6.1 (DKIM),
///         RFC 6186 §3 and RFC 8314 §5.1 (SRV).
std::vector<DnsRecord> dns_records(const DnsFacts& facts, Language language);

/// The record as a line of a zone file: names with their final dot, texts in quotes and in pieces
/// of at most 255 octets (RFC 1035 §3.3.14, §5.1). What is to be filled in is commented out.
std::string zone_line(const DnsRecord& record);

}  // namespace hikyaku::app
