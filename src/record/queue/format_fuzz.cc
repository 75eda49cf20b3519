// SPDX-License-Identifier: Apache-2.0
// Property: what can be read prints to octets that read as the same.
#include "record/queue/format.h"

#include <cstdlib>

using namespace hikyaku;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (const auto item = queue::format::decode(QueueId(1), in)) {
    const auto octets = queue::format::encode(*item);
    const auto again = queue::format::decode(QueueId(1), octets);
    if (!again || queue::format::encode(*again) != octets) std::abort();
  }
  const auto cut = size < 18 ? size : 18;
  (void)queue::format::decode_due(in.substr(0, cut), in.substr(cut));
  return 0;
}
