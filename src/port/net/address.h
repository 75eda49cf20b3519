// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku::net {

/// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses are IPv4 here.
class IpAddress {
 public:
  IpAddress() = default;
  static std::optional<IpAddress> parse(std::string_view text);
  static IpAddress v4(std::array<std::uint8_t, 4> octets);
  static IpAddress v6(std::array<std::uint8_t, 16> octets);

  [[nodiscard]] bool is_v4() const { return v4_; }
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] const std::array<std::uint8_t, 16>& octets() const {
    return octets_;
  }  ///< v4: the first 4
  [[nodiscard]] std::string text() const;
  /// "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321 §4.1.3).
  [[nodiscard]] std::string literal() const;
  auto operator<=>(const IpAddress&) const = default;

 private:
  bool v4_ = true;
  std::array<std::uint8_t, 16> octets_{};
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  std::string path;                        ///< of a local socket; then the rest is empty
  [[nodiscard]] std::string text() const;  ///< "192.0.2.1:25", "[2001:db8::1]:25" or the path
  auto operator<=>(const Endpoint&) const = default;
};
/// What text() gives, or an error that says what is wrong with it.
Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace hikyaku::net
