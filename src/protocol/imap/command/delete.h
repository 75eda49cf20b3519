// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace hikyaku::imap {

class Scanner;

/// DELETE (RFC 9051 §6.3.5).
struct Delete {
  std::string mailbox;  ///< as on the wire
};

[[nodiscard]] Result<Delete> parse_delete(Scanner& in);

}  // namespace hikyaku::imap
