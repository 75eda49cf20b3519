// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::spf {

/// An address of a client, or of a network in a record.
class Ip {
 public:
  Ip() = default;
  /// Of a client: an IPv4-mapped IPv6 address is the IPv4 address (RFC 7208 §5).
  static std::optional<Ip> parse(std::string_view text);
  /// "ip4-network": four numbers without leading zeros. No mapping.
  static std::optional<Ip> parse_v4(std::string_view text);
  /// "ip6-network" (RFC 4291 §2.2). "::ffff:192.0.2.1" stays IPv6: it matches no client.
  static std::optional<Ip> parse_v6(std::string_view text);
  /// Of an A or AAAA record: 4 or 16 octets, else nullopt.
  static std::optional<Ip> of_octets(std::string_view octets);

  [[nodiscard]] bool is_v4() const { return v4_; }
  /// The first `bits` bits are those of `network`, which is of the same family.
  [[nodiscard]] bool is_in(const Ip& network, unsigned bits) const;
  /// "192.0.2.1", "2001:db8::1": macro "c".
  [[nodiscard]] std::string text() const;
  /// "192.0.2.1", or 32 nibbles with dots between: macro "i".
  [[nodiscard]] std::string dotted() const;
  /// "1.2.0.192.in-addr.arpa", "1.0. … .ip6.arpa".
  [[nodiscard]] std::string reverse_name() const;
  bool operator==(const Ip&) const = default;

 private:
  bool v4_ = true;
  std::array<std::uint8_t, 16> octets_{};  ///< IPv4: the first 4, the rest 0
};

}  // namespace hikyaku::spf
