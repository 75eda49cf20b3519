// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "protocol/imap/search_key.h"
#include "protocol/imap/sequence_set.h"

namespace hikyaku::imap {

class Scanner;

/// MOVE and UID MOVE (RFC 9051 §6.4.8).
struct Move {
  Addressing addressing = Addressing::kNumber;
  SequenceSet messages;
  std::string mailbox;  ///< as on the wire
};

[[nodiscard]] Result<Move> parse_move(Scanner& in);
[[nodiscard]] Result<Move> parse_uid_move(Scanner& in);

}  // namespace hikyaku::imap
