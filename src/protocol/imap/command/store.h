// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "protocol/imap/flags.h"
#include "protocol/imap/search_key.h"
#include "protocol/imap/sequence_set.h"

namespace hikyaku::imap {

class Scanner;

/// STORE and UID STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3).
struct Store {
  enum class Change : unsigned char { kReplace, kAdd, kRemove };
  enum class Reply : unsigned char { kFlags, kSilent };

  Addressing addressing = Addressing::kNumber;
  SequenceSet messages;
  Change change = Change::kReplace;
  Reply reply = Reply::kFlags;
  FlagList flags;
  std::optional<std::uint64_t> unchanged_since;
};

[[nodiscard]] Result<Store> parse_store(Scanner& in);
[[nodiscard]] Result<Store> parse_uid_store(Scanner& in);

}  // namespace hikyaku::imap
