// SPDX-License-Identifier: Apache-2.0
// Property: parse(print(set)) is the set; what it resolves to is canonical and holds exactly what
// the definition says.
#include <cstdlib>

#include "protocol/imap/sequence_set.h"

namespace {

using namespace hikyaku::imap;

void check(bool holds) {
  if (!holds) std::abort();
}

bool holds_by_definition(const SequenceSet& set, std::uint32_t number, std::uint32_t largest) {
  for (const SequenceSet::Range& range : set.ranges) {
    const std::uint32_t a = range.first == SequenceSet::kStar ? largest : range.first;
    const std::uint32_t b = range.last == SequenceSet::kStar ? largest : range.last;
    if (std::min(a, b) <= number && number <= std::max(a, b)) return true;
  }
  return false;
}

void check_canonical(const NumberSet& set) {
  std::uint64_t before = 0;
  for (const NumberSet::Range& range : set.ranges()) {
    check(range.first > before + (before == 0 ? 0 : 1) && range.first <= range.last);
    before = range.last;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 1) return 0;
  const std::uint32_t largest = data[0];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto set = parse_sequence_set(text);
  if (!set) return 0;
  std::string printed;
  append_sequence_set(printed, *set);
  check(parse_sequence_set(printed).value() == *set);
  if (set->kind == SequenceSet::Kind::kSavedResult) return 0;
  const NumberSet resolved = set->resolve(largest);
  check_canonical(resolved);
  for (std::uint32_t number = 1; number < 300; ++number) {
    if (largest == 0) break;
    check(resolved.contains(number) == holds_by_definition(*set, number, largest));
  }
  // The same, built one by one.
  NumberSet added;
  for (const NumberSet::Range& range : resolved.ranges()) added.add(range.first, range.last);
  check(added == resolved);
  if (resolved.empty()) return 0;
  std::string out;
  append_number_set(out, resolved);
  check(parse_sequence_set(out).value().resolve(0) == resolved);
  return 0;
}
