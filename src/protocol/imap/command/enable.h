// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace hikyaku::imap {

class Scanner;

/// ENABLE (RFC 9051 §6.3.1): names in upper case; unknown ones are not an error.
struct Enable {
  std::vector<std::string> capabilities;
};

[[nodiscard]] Result<Enable> parse_enable(Scanner& in);

}  // namespace hikyaku::imap
