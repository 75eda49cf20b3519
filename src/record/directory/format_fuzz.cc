// SPDX-License-Identifier: Apache-2.0
// Property: what can be read prints to octets that read as the same; a parsed address, written
// again, parses to the same.
#include "record/directory/format.h"

#include <cstdlib>

using namespace hikyaku;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  const auto key = directory::format::address_key("a", "example.org");
  if (const auto entry = directory::format::decode_entry(key, in)) {
    const auto octets = directory::format::encode(*entry);
    const auto again = directory::format::decode_entry(key, octets);
    if (!again || directory::format::encode(*again) != octets) std::abort();
  }
  if (const auto address = directory::parse_address(in)) {
    const auto again = directory::parse_address(address->outward());
    if (!again || again->canonical() != address->canonical()) std::abort();
    const auto stored = directory::format::address_key(address->folded, address->domain);
    if (stored.size() > store::kKeyBytesMax) std::abort();
  }
  return 0;
}
