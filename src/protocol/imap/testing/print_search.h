// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/imap/search_key.h"

namespace hikyaku::imap {

/// A search key in the client's language, each in one canonical form: parsing it gives the key
/// again.
[[nodiscard]] std::string print_search(const SearchKey& key);

}  // namespace hikyaku::imap
