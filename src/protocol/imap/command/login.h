// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace hikyaku::imap {

class Scanner;

/// LOGIN (RFC 9051 §6.2.3).
struct Login {
  std::string user;
  Secret password;
};

[[nodiscard]] Result<Login> parse_login(Scanner& in);

}  // namespace hikyaku::imap
