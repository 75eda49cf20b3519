// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "protocol/imap/sequence_set.h"

namespace hikyaku::imap {

class Scanner;

/// SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3; RFC 7162 §3.1.8, §3.2.5).
struct Select {
  enum class Access : unsigned char { kReadWrite, kReadOnly };
  /// What the client knew when it was here last.
  struct QResync {
    std::uint32_t uid_validity = 0;
    std::uint64_t mod_seq = 0;
    std::optional<SequenceSet> known_uids;
    /// Message numbers and the UIDs that they had, as hints (RFC 7162 §3.2.5.2); both or none.
    std::optional<SequenceSet> known_numbers;
    std::optional<SequenceSet> numbers_uids;
  };

  Access access = Access::kReadWrite;
  std::string mailbox;  ///< as on the wire: see mailbox_name_from_wire()
  bool condstore = false;
  std::optional<QResync> qresync;
};

[[nodiscard]] Result<Select> parse_select(Scanner& in);
[[nodiscard]] Result<Select> parse_examine(Scanner& in);

}  // namespace hikyaku::imap
