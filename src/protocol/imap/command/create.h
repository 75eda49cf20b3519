// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "protocol/imap/mailbox_attributes.h"

namespace hikyaku::imap {

class Scanner;

/// CREATE (RFC 9051 §6.3.4), with USE (RFC 6154 §3).
struct Create {
  std::string mailbox;  ///< as on the wire; may end with the delimiter
  MailboxAttributes special_use;
};

[[nodiscard]] Result<Create> parse_create(Scanner& in);

}  // namespace hikyaku::imap
