// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/sequence_set.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocol/imap/text.h"
#include "protocol/imap/write.h"

namespace hikyaku::imap {
namespace {

constexpr std::string_view kMalformed = "that is no sequence set, like 1:5,7 or 9:*";

/// RFC 9051 §9: seq-number = nz-number / "*".
bool take_number(std::string_view& text, std::uint32_t& number) {
  if (text.starts_with('*')) {
    text.remove_prefix(1);
    number = SequenceSet::kStar;
    return true;
  }
  if (text.empty() || text.front() < '1' || text.front() > '9') return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

void append_seq_number(std::string& out, std::uint32_t number) {
  if (number == SequenceSet::kStar) {
    out += '*';
  } else {
    append_number(out, number);
  }
}

}  // namespace

NumberSet SequenceSet::resolve(std::uint32_t largest) const {
  std::vector<NumberSet::Range> out;
  out.reserve(ranges.size());
  for (const Range& range : ranges) {
    std::uint32_t first = range.first == kStar ? largest : range.first;
    std::uint32_t last = range.last == kStar ? largest : range.last;
    if (first > last) std::swap(first, last);  // RFC 9051 §9: "2:4" and "4:2" are equivalent
    if (first != 0) out.push_back({first, last});
  }
  return NumberSet(std::move(out));
}

Result<SequenceSet> take_sequence_set(std::string_view& text) {
  SequenceSet set;
  if (text.starts_with('$')) {
    text.remove_prefix(1);
    set.kind = SequenceSet::Kind::kSavedResult;
    return set;
  }
  std::string_view rest = text;
  while (true) {
    SequenceSet::Range range;
    if (!take_number(rest, range.first)) return permanent(std::string(kMalformed));
    range.last = range.first;
    if (rest.starts_with(':')) {
      rest.remove_prefix(1);
      if (!take_number(rest, range.last)) return permanent(std::string(kMalformed));
    }
    set.ranges.push_back(range);
    if (!rest.starts_with(',')) break;
    rest.remove_prefix(1);
  }
  text = rest;
  return set;
}

Result<SequenceSet> parse_sequence_set(std::string_view text) {
  Result<SequenceSet> set = take_sequence_set(text);
  if (set && !text.empty()) return permanent(std::string(kMalformed));
  return set;
}

void append_sequence_set(std::string& out, const SequenceSet& set) {
  if (set.kind == SequenceSet::Kind::kSavedResult) {
    out += '$';
    return;
  }
  bool first = true;
  for (const SequenceSet::Range& range : set.ranges) {
    if (!first) out += ',';
    first = false;
    append_seq_number(out, range.first);
    if (range.last != range.first) {
      out += ':';
      append_seq_number(out, range.last);
    }
  }
}

}  // namespace hikyaku::imap
