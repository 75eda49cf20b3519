// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/imap/command/search.h"
#include "protocol/imap/number_set.h"

namespace hikyaku::imap {

/// Appends "* SEARCH 2 84 882" (RFC 3501 §7.2.5); mod_seq, if not 0, as "(MODSEQ n)" (RFC 7162
/// §3.1.5).
void append_search(std::string& out, const NumberSet& found, std::uint64_t mod_seq = 0);

/// Not for a search that wants kSave only, which has no response (RFC 9051 §6.4.4).
/// Appends "* ESEARCH (TAG "A282") UID MIN 2 COUNT 3" (RFC 9051 §7.3.4), with what `search` wants.
/// mod_seq, if not 0: the highest modseq of what is returned (RFC 7162 §3.1.10).
void append_esearch(std::string& out, std::string_view tag, const Search& search,
                    const NumberSet& found, std::uint64_t mod_seq = 0);

}  // namespace hikyaku::imap
