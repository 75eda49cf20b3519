// SPDX-License-Identifier: Apache-2.0
#include "port/net/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace hikyaku::net {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return port;
}

}  // namespace

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> octets) {
  IpAddress out;
  std::ranges::copy(octets, out.octets_.begin());
  return out;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> octets) {
  IpAddress out;
  if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), octets.begin())) {
    std::copy(octets.begin() + 12, octets.end(), out.octets_.begin());
    return out;
  }
  out.v4_ = false;
  out.octets_ = octets;
  return out;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char copy[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof copy || text.find('\0') != std::string_view::npos) return std::nullopt;
  copy[text.copy(copy, sizeof copy - 1)] = '\0';
  std::array<std::uint8_t, 4> four;
  if (inet_pton(AF_INET, copy, four.data()) == 1) return v4(four);
  std::array<std::uint8_t, 16> sixteen;
  if (inet_pton(AF_INET6, copy, sixteen.data()) == 1) return v6(sixteen);
  return std::nullopt;
}

bool IpAddress::is_loopback() const {
  if (v4_) return octets_[0] == 127;
  return std::all_of(octets_.begin(), octets_.end() - 1, [](auto o) { return o == 0; }) &&
         octets_[15] == 1;
}

std::string IpAddress::text() const {
  char out[INET6_ADDRSTRLEN];
  inet_ntop(v4_ ? AF_INET : AF_INET6, octets_.data(), out, sizeof out);
  return out;
}

std::string IpAddress::literal() const {
  return v4_ ? "[" + text() + "]" : "[IPv6:" + text() + "]";
}

std::string Endpoint::text() const {
  if (!path.empty()) return path;
  const std::string host = address.is_v4() ? address.text() : "[" + address.text() + "]";
  return host + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  Endpoint out;
  if (text.starts_with('/')) {
    out.path = text;
    // The kernel's limit of sun_path, with its NUL.
    if (text.size() > 107 || text.find('\0') != std::string_view::npos) {
      return permanent("'" + out.path + "' is too long for a local socket: at most 107 octets");
    }
    return out;
  }
  const auto colon = text.rfind(':');
  const auto bad = [&] {
    return permanent("'" + std::string(text) +
                     "' is no address with port; write 192.0.2.1:25, [2001:db8::1]:25 or the path "
                     "of a local socket");
  };
  if (colon == std::string_view::npos) return bad();
  std::string_view host = text.substr(0, colon);
  const auto port = parse_port(text.substr(colon + 1));
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  if (!port || !address || bracketed != (host.find(':') != std::string_view::npos)) return bad();
  out.address = *address;
  out.port = *port;
  return out;
}

}  // namespace hikyaku::net
