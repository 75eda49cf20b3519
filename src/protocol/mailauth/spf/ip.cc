// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/spf/ip.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace hikyaku::spf {
namespace {

constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

/// inet_pton on text that may have a NUL in it.
bool read(int family, std::string_view text, void* octets) {
  if (text.size() >= INET6_ADDRSTRLEN || text.contains('\0')) return false;
  return inet_pton(family, std::string(text).c_str(), octets) == 1;
}

}  // namespace

std::optional<Ip> Ip::parse_v4(std::string_view text) {
  Ip out;
  if (!read(AF_INET, text, out.octets_.data())) return std::nullopt;
  return out;
}

std::optional<Ip> Ip::parse_v6(std::string_view text) {
  Ip out;
  out.v4_ = false;
  if (!read(AF_INET6, text, out.octets_.data())) return std::nullopt;
  return out;
}

std::optional<Ip> Ip::parse(std::string_view text) {
  if (auto four = parse_v4(text)) return four;
  const auto six = parse_v6(text);
  if (!six) return std::nullopt;
  const std::string_view octets(reinterpret_cast<const char*>(six->octets_.data()), 16);
  return octets.starts_with(kMapped) ? of_octets(octets.substr(kMapped.size())) : six;
}

std::optional<Ip> Ip::of_octets(std::string_view octets) {
  if (octets.size() != 4 && octets.size() != 16) return std::nullopt;
  Ip out;
  out.v4_ = octets.size() == 4;
  std::ranges::transform(octets, out.octets_.begin(),
                         [](char c) { return static_cast<std::uint8_t>(c); });
  return out;
}

bool Ip::is_in(const Ip& network, unsigned bits) const {
  if (v4_ != network.v4_) return false;
  for (std::size_t i = 0; bits > 0 && i < octets_.size(); ++i) {
    const unsigned taken = std::min(bits, 8U);
    const unsigned mask = 0xffU << (8U - taken) & 0xffU;
    if (((octets_[i] ^ network.octets_[i]) & mask) != 0) return false;
    bits -= taken;
  }
  return true;
}

std::string Ip::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  inet_ntop(v4_ ? AF_INET : AF_INET6, octets_.data(), out.data(), out.size());
  return out.data();
}

std::string Ip::dotted() const {
  if (v4_) return text();
  std::string out;
  for (const std::uint8_t octet : octets_) {
    fmt::format_to(std::back_inserter(out), "{:x}.{:x}.", octet >> 4, octet & 0xf);
  }
  out.pop_back();
  return out;
}

std::string Ip::reverse_name() const {
  std::string out;
  if (v4_) {
    for (int i = 3; i >= 0; --i) {
      fmt::format_to(std::back_inserter(out), "{}.", octets_[static_cast<std::size_t>(i)]);
    }
    return out + "in-addr.arpa";
  }
  out = dotted();
  std::ranges::reverse(out);
  return out + ".ip6.arpa";
}

}  // namespace hikyaku::spf
