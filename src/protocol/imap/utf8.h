// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::imap {

/// Takes one character off the front. nullopt, and one octet taken, where there is none: overlong
/// forms, surrogates, above U+10FFFF, cut short (RFC 3629 §4).
[[nodiscard]] std::optional<char32_t> take_utf8(std::string_view& text);
/// c: a Unicode scalar value.
void append_utf8(std::string& out, char32_t c);

}  // namespace hikyaku::imap
