// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

namespace hikyaku::imap_server {

/// Messages of a mailbox as half-open stretches of positions in its index, rising, not touching.
struct Positions {
  struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  std::vector<Stretch> stretches;

  void add(std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    if (!stretches.empty() && stretches.back().end >= begin) {
      if (end > stretches.back().end) stretches.back().end = end;
    } else {
      stretches.push_back({begin, end});
    }
  }
  [[nodiscard]] bool empty() const { return stretches.empty(); }
  [[nodiscard]] bool contains(std::size_t position) const {
    const auto after = std::ranges::upper_bound(stretches, position, {}, &Stretch::begin);
    return after != stretches.begin() && position < std::prev(after)->end;
  }
  [[nodiscard]] std::size_t count() const {
    std::size_t n = 0;
    for (const auto& s : stretches) n += s.end - s.begin;
    return n;
  }
};

}  // namespace hikyaku::imap_server
