// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace hikyaku::imap {

class Scanner;

/// LSUB (RFC 3501 §6.3.9).
struct Lsub {
  std::string reference;  ///< as on the wire
  std::string pattern;
};

[[nodiscard]] Result<Lsub> parse_lsub(Scanner& in);

}  // namespace hikyaku::imap
