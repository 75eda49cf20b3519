// SPDX-License-Identifier: Apache-2.0
// Property: a name that DNS can be asked for holds to its limits, and is the same when it is made
// one again; its last labels are names that it lies within.
#include "protocol/mailauth/lookup/name.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace hikyaku::lookup;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_labels(std::string_view name) {
  // RFC 1035 §2.3.4: 255 octets on the wire.
  require(!name.empty() && name.size() <= 253);
  require(std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  require(!name.starts_with('.') && !name.ends_with('.') && !name.contains(".."));
  const auto count = label_count(name);
  std::size_t octets = 0;
  for (std::size_t n = 1; n <= count; ++n) {
    const auto last = last_labels(name, n);
    require(label_count(last) == n && name.ends_with(last) && has_valid_labels(last));
    require(last.size() - octets <= 64);
    require(is_within(name, last) && (n == count || !is_within(last, name)));
    octets = last.size();
  }
  require(octets == name.size() && last_labels(name, count + 1) == name);
  require(!is_within("x" + std::string(name), name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (const auto name = a_labels(in)) {
    check_labels(*name);
    require(a_labels(*name) == *name && a_labels(*name + ".") == *name);
    require(small_letters(*name) == *name);
  }
  if (is_mail_domain(in)) require(a_labels(in) == small_letters(in));
  if (has_valid_labels(in)) require(label_count(in) >= 1 && is_within(in, in));
  return 0;
}
