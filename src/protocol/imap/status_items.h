// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace hikyaku::imap {

/// RFC 9051 §6.3.11, RFC 8438 (SIZE), RFC 7162 §3.1.7 (HIGHESTMODSEQ), RFC 8474 §4.3 (MAILBOXID).
enum class StatusItem : std::uint32_t {
  kMessages = 1U << 0,
  kRecent = 1U << 1,  ///< RFC 3501 only
  kUidNext = 1U << 2,
  kUidValidity = 1U << 3,
  kUnseen = 1U << 4,
  kDeleted = 1U << 5,
  kSize = 1U << 6,
  kHighestModSeq = 1U << 7,
  kMailboxId = 1U << 8,
};

struct StatusItems {
  std::uint32_t bits = 0;
  [[nodiscard]] bool has(StatusItem item) const {
    return (bits & static_cast<std::uint32_t>(item)) != 0;
  }
  void add(StatusItem item) { bits |= static_cast<std::uint32_t>(item); }
  bool operator==(const StatusItems&) const = default;
};

}  // namespace hikyaku::imap
