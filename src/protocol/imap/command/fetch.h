// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "protocol/imap/fetch_items.h"
#include "protocol/imap/search_key.h"
#include "protocol/imap/sequence_set.h"

namespace hikyaku::imap {

class Scanner;

/// FETCH and UID FETCH (RFC 9051 §6.4.5, RFC 7162 §3.1.4, §3.2.6). UID FETCH always has kUid.
struct Fetch {
  Addressing addressing = Addressing::kNumber;
  SequenceSet messages;
  FetchItems items;
  std::optional<std::uint64_t> changed_since;
  bool vanished = false;
};

[[nodiscard]] Result<Fetch> parse_fetch(Scanner& in);
[[nodiscard]] Result<Fetch> parse_uid_fetch(Scanner& in);

}  // namespace hikyaku::imap
