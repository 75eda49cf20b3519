// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::smtp {

/// xtext of RFC 3461 §4: printable ASCII, "+" and "=" as "+2B", "+3D".
[[nodiscard]] std::string xtext_encode(std::string_view text);
/// nullopt when it is none.
[[nodiscard]] std::optional<std::string> xtext_decode(std::string_view text);

}  // namespace hikyaku::smtp
