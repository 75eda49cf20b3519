// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "protocol/imap/search_key.h"
#include "protocol/imap/sequence_set.h"

namespace hikyaku::imap {

class Scanner;

/// COPY and UID COPY (RFC 9051 §6.4.7).
struct Copy {
  Addressing addressing = Addressing::kNumber;
  SequenceSet messages;
  std::string mailbox;  ///< as on the wire
};

[[nodiscard]] Result<Copy> parse_copy(Scanner& in);
[[nodiscard]] Result<Copy> parse_uid_copy(Scanner& in);

}  // namespace hikyaku::imap
