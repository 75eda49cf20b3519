// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "protocol/imap/status_items.h"

namespace hikyaku::imap {

class Scanner;

/// STATUS (RFC 9051 §6.3.11).
struct MailboxStatus {
  std::string mailbox;  ///< as on the wire
  StatusItems items;
};

[[nodiscard]] Result<MailboxStatus> parse_status(Scanner& in);
/// "(MESSAGES UIDNEXT)", also in LIST.
[[nodiscard]] Result<StatusItems> parse_status_items(Scanner& in);

}  // namespace hikyaku::imap
