// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include "port/dns/resolver.h"

namespace hikyaku::dns {
namespace {

constexpr std::size_t kNameOctetsMax = 255;  // RFC 1035 §2.3.4
constexpr std::size_t kLabelOctetsMax = 63;

bool can_stand_in_text(char c) { return c > ' ' && c < 0x7f && c != '.' && c != '\\'; }

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string address_text(int family, std::string_view rdata, std::size_t octets) {
  if (rdata.size() != octets) return {};
  char text[INET6_ADDRSTRLEN];
  if (inet_ntop(family, rdata.data(), text, sizeof text) == nullptr) return {};
  return text;
}

}  // namespace

Result<std::string> parse_name(std::string_view rdata) {
  // RFC 1035 §3.1: labels with their length in front, the last one empty.
  std::string out;
  std::size_t at = 0;
  for (;;) {
    if (at >= rdata.size() || at >= kNameOctetsMax) return permanent("a domain name is cut off");
    const std::size_t length = static_cast<unsigned char>(rdata[at++]);
    if (length == 0) break;
    if (length > kLabelOctetsMax || length > rdata.size() - at) {
      return permanent("a domain name has a bad label");
    }
    if (!out.empty()) out += '.';
    for (const char c : rdata.substr(at, length)) {
      if (!can_stand_in_text(c)) return permanent("a domain name has characters of no host name");
      out += small(c);
    }
    at += length;
  }
  if (at != rdata.size()) return permanent("there are octets after a domain name");
  return out;
}

Result<Mx> parse_mx(std::string_view rdata) {
  // RFC 1035 §3.3.9.
  if (rdata.size() < 3) return permanent("an MX record is cut off");
  const auto high = static_cast<unsigned char>(rdata[0]);
  const auto low = static_cast<unsigned char>(rdata[1]);
  HK_ASSIGN(std::string host, parse_name(rdata.substr(2)));
  return Mx{static_cast<std::uint16_t>(high << 8 | low), std::move(host)};
}

Result<std::string> parse_txt(std::string_view rdata) {
  // RFC 1035 §3.3.14: one or more strings with their length in front.
  if (rdata.empty()) return permanent("a TXT record is empty");
  std::string out;
  while (!rdata.empty()) {
    const std::size_t length = static_cast<unsigned char>(rdata.front());
    rdata.remove_prefix(1);
    if (length > rdata.size()) return permanent("a TXT record is cut off");
    out += rdata.substr(0, length);
    rdata.remove_prefix(length);
  }
  return out;
}

std::string text_of_a(std::string_view rdata) { return address_text(AF_INET, rdata, 4); }
std::string text_of_aaaa(std::string_view rdata) { return address_text(AF_INET6, rdata, 16); }

}  // namespace hikyaku::dns
