// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "protocol/imap/search_key.h"

namespace hikyaku::imap {

class Scanner;

/// One search-key (RFC 9051 §9), with all that is inside of it. Nesting is limited by the Scanner.
/// An extension's key is a line in the table of search_key_parser.cc.
[[nodiscard]] Result<SearchKey> parse_search_key(Scanner& in);

}  // namespace hikyaku::imap
