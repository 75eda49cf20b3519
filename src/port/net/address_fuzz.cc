// SPDX-License-Identifier: Apache-2.0
// Property: what is read as an address or endpoint is the same after writing and reading, in one
// form only; every address of 4 or 16 octets is written as what reads as the same.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "port/net/address.h"

namespace {

using namespace hikyaku::net;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_address(const IpAddress& address) {
  const auto text = address.text();
  const auto again = IpAddress::parse(text);
  require(again && *again == address && again->text() == text);
  require(address.literal() == (address.is_v4() ? "[" + text + "]" : "[IPv6:" + text + "]"));
  const auto endpoint = parse_endpoint(Endpoint{address, 25, ""}.text());
  require(endpoint && endpoint->address == address && endpoint->port == 25);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = IpAddress::parse(text)) check_address(*address);
  if (const auto endpoint = parse_endpoint(text)) {
    const auto again = parse_endpoint(endpoint->text());
    require(again && *again == *endpoint && again->text() == endpoint->text());
    require(endpoint->path.empty() || (endpoint->port == 0 && endpoint->address == IpAddress()));
  }
  if (size == 4) {
    std::array<std::uint8_t, 4> octets{};
    std::copy_n(data, size, octets.begin());
    check_address(IpAddress::v4(octets));
  }
  if (size == 16) {
    std::array<std::uint8_t, 16> octets{};
    std::copy_n(data, size, octets.begin());
    check_address(IpAddress::v6(octets));
  }
  return 0;
}
