// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace hikyaku::imap {

class Scanner;

/// ID (RFC 2971). "ID NIL" has no fields.
struct ClientId {
  struct Field {
    std::string name;
    std::optional<std::string> value;
  };
  std::vector<Field> fields;
};

[[nodiscard]] Result<ClientId> parse_id(Scanner& in);

}  // namespace hikyaku::imap
