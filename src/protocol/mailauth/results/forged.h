// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hikyaku::results {

/// Whether an Authentication-Results field that came from outside must go: its authserv-id is one
/// of ours, or can't be read, so that some program might take it for ours.
///
/// own: authserv-ids; compared as domains, A-labels or not, whatever the case.
[[nodiscard]] bool is_forged(std::string_view value, std::span<const std::string> own);

/// A header without such fields; all else as it is (RFC 8601 §5).
///
/// header: the block, with or without the empty line behind it, which stays.
[[nodiscard]] std::string without_forged(std::string_view header, std::span<const std::string> own);

}  // namespace hikyaku::results
