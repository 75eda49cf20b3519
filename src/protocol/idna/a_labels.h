// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::idna {

/// A domain name in UTF-8 with its U-labels as A-labels, in small letters, as mail programs and
/// browsers read what people type ("。" is a dot, full-width letters are letters).
///
/// Errors: nullopt for labels that IDNA does not allow, an empty label, one over 63 octets, a name
///         over 253. Which ASCII characters a host name may have is the caller's to check.
/// Source: RFC 5891 §4, by UTS 46 (not transitional).
[[nodiscard]] std::optional<std::string> to_a_labels(std::string_view name);

}  // namespace hikyaku::idna
