// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "protocol/imap/status_items.h"

namespace hikyaku::imap {

class Scanner;

/// LIST (RFC 9051 §6.3.9, RFC 5258, RFC 5819).
struct List {
  enum class Select : std::uint32_t {
    kSubscribed = 1U << 0,
    kRemote = 1U << 1,
    kRecursiveMatch = 1U << 2,
    kSpecialUse = 1U << 3,
  };
  enum class Return : std::uint32_t {
    kSubscribed = 1U << 0,
    kChildren = 1U << 1,
    kSpecialUse = 1U << 2,
  };

  std::string reference;              ///< as on the wire
  std::vector<std::string> patterns;  ///< as on the wire, at least one; see ListPattern
  std::uint32_t select = 0;
  std::uint32_t returns = 0;
  std::optional<StatusItems> status;  ///< RETURN (STATUS (...))
  /// Selection options, a list of patterns or RETURN: answer as RFC 5258 says, and "" is a pattern.
  bool extended = false;

  [[nodiscard]] bool selects(Select s) const {
    return (select & static_cast<std::uint32_t>(s)) != 0;
  }
  [[nodiscard]] bool wants(Return r) const {
    return (returns & static_cast<std::uint32_t>(r)) != 0;
  }
};

[[nodiscard]] Result<List> parse_list(Scanner& in);

}  // namespace hikyaku::imap
