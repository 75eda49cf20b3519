// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace hikyaku::mailbox {

inline constexpr std::string_view kInbox = "INBOX";

/// The stored form of a mailbox name: "inbox" in capitals as the first level (RFC 9051 §5.1), one
/// trailing "/" dropped (RFC 9051 §6.3.4: a declaration that we don't need).
///
/// Errors: kPermanent for an empty name or level, bad UTF-8, a control character, too long.
[[nodiscard]] Result<std::string> normalised_name(std::string_view name);

/// "a/b" of "a/b/c"; empty for a name of one level.
[[nodiscard]] std::string_view parent_of(std::string_view name);
/// "c" of "a/b/c".
[[nodiscard]] std::string_view level_of(std::string_view name);

}  // namespace hikyaku::mailbox
