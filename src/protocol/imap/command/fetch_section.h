// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/error.h"
#include "protocol/imap/fetch_items.h"

namespace hikyaku::imap {

class Scanner;

/// BODY[...], BODY.PEEK[...], BINARY[...], BINARY.PEEK[...], BINARY.SIZE[...], RFC822 and its like,
/// each with its partial (RFC 9051 §6.4.5, RFC 3501 §6.4.5). nullopt for BODY without a section.
[[nodiscard]] Result<std::optional<FetchSection>> parse_fetch_section(Scanner& in);

}  // namespace hikyaku::imap
