// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "protocol/imap/number_set.h"

namespace hikyaku::imap {

/// A set of messages as a client writes it: "2,4:7,9,12:*", or "$" for the last saved search.
///
/// Source: RFC 9051 §9 sequence-set, seq-last-command; RFC 5182 §2.1 ("$").
struct SequenceSet {
  /// "*", the largest number in use. (0 is no message number, RFC 9051 §9 nz-number.)
  static constexpr std::uint32_t kStar = 0;

  struct Range {
    std::uint32_t first = 0;  ///< as written: either end may be the larger one, or kStar
    std::uint32_t last = 0;
    bool operator==(const Range&) const = default;
  };

  enum class Kind : unsigned char { kRanges, kSavedResult };
  Kind kind = Kind::kRanges;
  std::vector<Range> ranges;  ///< empty if kSavedResult

  /// Puts `largest` for "*" and merges. With UIDs, "*" and "559:*" include the largest UID even if
  /// it is below 559 (RFC 9051 §9); if there is no message, largest is 0 and the set is empty where
  /// it says "*". Not for kSavedResult.
  [[nodiscard]] NumberSet resolve(std::uint32_t largest) const;
  bool operator==(const SequenceSet&) const = default;
};

/// Reads a whole text. Errors: kPermanent if it is not exactly a sequence-set.
[[nodiscard]] Result<SequenceSet> parse_sequence_set(std::string_view text);

/// Reads the longest sequence-set that `text` begins with, and takes it off.
[[nodiscard]] Result<SequenceSet> take_sequence_set(std::string_view& text);

/// As written, with "*" and "$".
void append_sequence_set(std::string& out, const SequenceSet& set);

}  // namespace hikyaku::imap
