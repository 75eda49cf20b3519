// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "protocol/imap/mailbox_name.h"

namespace hikyaku::imap {

/// A LIST pattern: "*" matches anything, "%" anything but the hierarchy delimiter.
///
/// The match takes time proportional to the name, times the pattern's length / 64: no pattern is
/// slow. "INBOX" as the first level matches in any case.
///
/// Source:  RFC 9051 §6.3.9.
/// Threads: const members may be called from anywhere.
class ListPattern {
 public:
  /// reference and pattern as on the wire; the reference is put before the pattern, unless that
  /// begins with the delimiter. Errors: kPermanent for a pattern that is not in the encoding or too
  /// long.
  [[nodiscard]] static Result<ListPattern> compile(std::string_view reference,
                                                   std::string_view pattern, NameEncoding encoding,
                                                   const NameLimits& limits = {});

  /// name: as we keep it (UTF-8).
  [[nodiscard]] bool matches(std::string_view name) const;

  /// Could a name below `name` match? False lets a walk over the tree leave a branch out.
  [[nodiscard]] bool may_match_below(std::string_view name) const;

  /// UTF-8, reference included, runs of wildcards joined.
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  using Words = std::vector<std::uint64_t>;

  explicit ListPattern(std::string text);
  void start(Words& active) const;
  void step(Words& active, char c, bool any_case) const;
  [[nodiscard]] bool run(std::string_view name, Words& active) const;

  std::string text_;
  std::size_t words_ = 0;
  std::vector<std::uint64_t> literal_;  ///< [octet][word]: positions where the pattern has it
  Words stay_star_;                     ///< positions of "*"
  Words stay_percent_;                  ///< positions of "%"
};

}  // namespace hikyaku::imap
