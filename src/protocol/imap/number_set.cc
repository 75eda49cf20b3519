// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/number_set.h"

#include "base/assert.h"
#include "protocol/imap/write.h"

namespace hikyaku::imap {
namespace {

/// `next` begins inside `range` or right behind it.
bool joins(const NumberSet::Range& range, const NumberSet::Range& next) {
  return next.first <= range.last || next.first - range.last == 1;
}

}  // namespace

NumberSet::NumberSet(std::vector<Range> ranges) : ranges_(std::move(ranges)) {
  std::ranges::sort(ranges_, {}, &Range::first);
  std::size_t kept = 0;
  for (const Range& range : ranges_) {
    HK_ASSERT(range.first != 0 && range.first <= range.last);
    if (kept > 0 && joins(ranges_[kept - 1], range)) {
      ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, range.last);
    } else {
      ranges_[kept++] = range;
    }
  }
  ranges_.resize(kept);
}

void NumberSet::add(std::uint32_t first, std::uint32_t last) {
  HK_ASSERT(first != 0 && first <= last);
  const Range added{first, last};
  if (ranges_.empty() || (first > ranges_.back().last && !joins(ranges_.back(), added))) {
    ranges_.push_back(added);
    return;
  }
  // The first range that touches or lies behind the new one.
  auto begin = std::ranges::partition_point(
      ranges_, [&](const Range& r) { return r.last < first && first - r.last > 1; });
  auto end = begin;
  Range merged = added;
  while (end != ranges_.end() && (end->first <= last || end->first - last == 1)) {
    merged.first = std::min(merged.first, end->first);
    merged.last = std::max(merged.last, end->last);
    ++end;
  }
  if (begin == end) {
    ranges_.insert(begin, merged);
  } else {
    *begin = merged;
    ranges_.erase(begin + 1, end);
  }
}

std::uint64_t NumberSet::count() const {
  std::uint64_t sum = 0;
  for (const Range& range : ranges_) sum += std::uint64_t{range.last} - range.first + 1;
  return sum;
}

bool NumberSet::contains(std::uint32_t number) const {
  const auto range =
      std::ranges::partition_point(ranges_, [&](const Range& r) { return r.last < number; });
  return range != ranges_.end() && range->first <= number;
}

NumberSet NumberSet::intersect(const NumberSet& other) const {
  NumberSet both;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const std::uint32_t first = std::max(a->first, b->first);
    const std::uint32_t last = std::min(a->last, b->last);
    if (first <= last) both.add(first, last);
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return both;
}

void append_number_set(std::string& out, const NumberSet& set) {
  bool first = true;
  for (const NumberSet::Range& range : set.ranges()) {
    if (!first) out += ',';
    first = false;
    append_number(out, range.first);
    if (range.last != range.first) {
      out += ':';
      append_number(out, range.last);
    }
  }
}

}  // namespace hikyaku::imap
