// SPDX-License-Identifier: Apache-2.0
#include "port/dns/reverse.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace hikyaku::dns {
namespace {

constexpr std::size_t kNamesMax = 5;

bool is_address(const std::string& rdata, const net::IpAddress& address) {
  const std::size_t size = address.is_v4() ? 4 : 16;
  return rdata.size() == size &&
         std::ranges::equal(
             rdata.begin(), rdata.end(), address.octets().begin(),
             address.octets().begin() + static_cast<std::ptrdiff_t>(size),
             [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

}  // namespace

std::string reverse_name(const net::IpAddress& address) {
  std::string out;
  const auto& octets = address.octets();
  if (address.is_v4()) {
    for (int i = 3; i >= 0; --i)
      fmt::format_to(std::back_inserter(out), "{}.", octets[static_cast<std::size_t>(i)]);
    return out + "in-addr.arpa";
  }
  for (int i = 15; i >= 0; --i) {
    const auto octet = octets[static_cast<std::size_t>(i)];
    fmt::format_to(std::back_inserter(out), "{:x}.{:x}.", octet & 0xf, octet >> 4);
  }
  return out + "ip6.arpa";
}

Task<std::string> confirmed_name(Resolver* resolver, net::IpAddress address, Duration patience) {
  const auto pointers = co_await resolver->query(reverse_name(address), Type::kPtr, patience);
  if (pointers.status != Answer::Status::kFound) co_return std::string();
  std::size_t tried = 0;
  for (const auto& rdata : pointers.records) {
    if (tried++ == kNamesMax) break;
    const auto name = parse_name(rdata);
    if (!name || name->empty()) continue;
    const auto back =
        co_await resolver->query(*name, address.is_v4() ? Type::kA : Type::kAaaa, patience);
    if (back.status != Answer::Status::kFound) continue;
    for (const auto& record : back.records)
      if (is_address(record, address)) co_return *name;
  }
  co_return std::string();
}

}  // namespace hikyaku::dns
