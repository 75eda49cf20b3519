// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/error.h"
#include "protocol/imap/sequence_set.h"

namespace hikyaku::imap {

class Scanner;

/// EXPUNGE (RFC 9051 §6.4.3) and UID EXPUNGE (§6.4.9), which has UIDs.
struct Expunge {
  std::optional<SequenceSet> uids;
};

[[nodiscard]] Result<Expunge> parse_expunge(Scanner& in);
[[nodiscard]] Result<Expunge> parse_uid_expunge(Scanner& in);

}  // namespace hikyaku::imap
