// SPDX-License-Identifier: Apache-2.0
// Property: a day or a moment that was read is written as what reads as the same.
#include "protocol/imap/date_time.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hikyaku::imap;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto time = parse_date_time(text)) {
    std::string quoted;
    append_date_time(quoted, *time);
    if (quoted.size() != 28) std::abort();
    // The leap second at the end of the last year that has four digits becomes the one before it.
    constexpr std::int64_t kYear10000 = 253'402'300'800;
    const bool beyond = time->unix_s + time->zone_minutes * 60LL == kYear10000;
    if (beyond) --time->unix_s;
    const auto again = parse_date_time(std::string_view(quoted).substr(1, 26));
    if (!again || *again != *time) std::abort();
  }
  if (const auto date = parse_date(text)) {
    std::string printed;
    append_date(printed, *date);
    const auto again = parse_date(printed);
    if (!again || *again != *date) std::abort();
  }
  return 0;
}
