// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace hikyaku::imap {

class Scanner;

/// RENAME (RFC 9051 §6.3.6).
struct Rename {
  std::string from;  ///< as on the wire
  std::string to;
};

[[nodiscard]] Result<Rename> parse_rename(Scanner& in);

}  // namespace hikyaku::imap
