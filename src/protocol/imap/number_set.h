// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hikyaku::imap {

/// A set of UIDs or message numbers: ascending ranges that neither touch nor overlap.
///
/// This is the form to work with and to print (COPYUID, ESEARCH, VANISHED); SequenceSet is the form
/// that a client writes.
///
/// Invariant: ranges are ascending, each has 1 <= first <= last, and a gap lies between any two.
class NumberSet {
 public:
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    bool operator==(const Range&) const = default;
  };

  NumberSet() = default;
  /// Sorts and merges ranges in any order, each with first <= last.
  explicit NumberSet(std::vector<Range> ranges);

  /// Adds first..last. Constant time if it lies at or behind the end, as when walking an index.
  void add(std::uint32_t first, std::uint32_t last);
  void add(std::uint32_t number) { add(number, number); }

  [[nodiscard]] std::span<const Range> ranges() const { return ranges_; }
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] bool contains(std::uint32_t number) const;
  /// What is in both.
  [[nodiscard]] NumberSet intersect(const NumberSet& other) const;
  bool operator==(const NumberSet&) const = default;

 private:
  std::vector<Range> ranges_;
};

/// Appends "1:3,7" (RFC 9051 sequence-set, without "*"). An empty set appends nothing.
void append_number_set(std::string& out, const NumberSet& set);

/// Calls visit(index) for each element of an ascending sequence that is in the set, in order.
/// at(i) is the i-th element, i < count. A range costs two binary searches and what it hits.
template <class At, class Visit>
void for_each_index_in(const NumberSet& set, std::size_t count, At at, Visit visit) {
  const auto lower_bound = [&](std::size_t from, std::uint32_t number) {
    std::size_t size = count - from;
    while (size > 0) {
      const std::size_t half = size / 2;
      if (at(from + half) < number) {
        from += half + 1;
        size -= half + 1;
      } else {
        size = half;
      }
    }
    return from;
  };
  std::size_t index = 0;
  for (const NumberSet::Range& range : set.ranges()) {
    index = lower_bound(index, range.first);
    for (; index < count && at(index) <= range.last; ++index) visit(index);
    if (index == count) return;
  }
}

}  // namespace hikyaku::imap
