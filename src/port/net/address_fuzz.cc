// SPDX-License-Identifier: Apache-2.0
// Property: what is read as an address, network or endpoint is the same after writing and reading.
#include <cstdint>
#include <cstdlib>

#include "port/net/address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hikyaku::net;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = IpAddress::parse(text)) {
    if (IpAddress::parse(address->text()) != address) std::abort();
  }
  if (const auto endpoint = parse_endpoint(text)) {
    const auto again = parse_endpoint(endpoint->text());
    if (!again || *again != *endpoint) std::abort();
  }
  return 0;
}
