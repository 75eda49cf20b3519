// SPDX-License-Identifier: Apache-2.0
// Property: what can be read prints to octets that read as the same.
#include "record/trail/format.h"

#include <cstdlib>

using namespace hikyaku;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (const auto head = trail::format::decode_head(TrackingId(1), in)) {
    const auto octets = trail::format::encode(*head);
    const auto again = trail::format::decode_head(TrackingId(1), octets);
    if (!again || trail::format::encode(*again) != octets) std::abort();
    const auto shortened = trail::format::shorten(head->head);
    if (trail::format::encode(shortened).size() > store::kValueBytesMax) std::abort();
    for (const auto& key : trail::format::index_keys(shortened.head))
      if (key.size() > store::kKeyBytesMax) std::abort();
  }
  if (const auto events = trail::format::decode_events(in)) {
    for (const auto& value : trail::format::encode(*events))
      if (value.size() > store::kValueBytesMax || !trail::format::decode_events(value))
        std::abort();
  }
  return 0;
}
