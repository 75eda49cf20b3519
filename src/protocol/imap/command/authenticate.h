// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace hikyaku::imap {

class Scanner;

/// AUTHENTICATE (RFC 9051 §6.2.2), with an initial response or without (RFC 4959). Both go to
/// sasl::ServerExchange; further lines come by ServerReader::read_line().
struct Authenticate {
  std::string mechanism;
  std::optional<Secret> initial;  ///< base64, or "=" for an empty one
};

[[nodiscard]] Result<Authenticate> parse_authenticate(Scanner& in);

}  // namespace hikyaku::imap
