// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace hikyaku::imap {

class Scanner;

/// SUBSCRIBE (RFC 9051 §6.3.7).
struct Subscribe {
  std::string mailbox;  ///< as on the wire
};

[[nodiscard]] Result<Subscribe> parse_subscribe(Scanner& in);

}  // namespace hikyaku::imap
