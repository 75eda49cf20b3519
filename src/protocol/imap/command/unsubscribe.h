// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace hikyaku::imap {

class Scanner;

/// UNSUBSCRIBE (RFC 9051 §6.3.8).
struct Unsubscribe {
  std::string mailbox;  ///< as on the wire
};

[[nodiscard]] Result<Unsubscribe> parse_unsubscribe(Scanner& in);

}  // namespace hikyaku::imap
