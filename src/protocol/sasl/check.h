// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "protocol/sasl/mechanism.h"

namespace hikyaku::sasl {

/// Whether a text is UTF-8 (RFC 3629) without NUL.
[[nodiscard]] bool is_utf8_text(std::string_view text);

/// What is wrong with a user name: empty, too long, a control character, not UTF-8 (RFC 4616 §2).
[[nodiscard]] std::optional<Failed> check_name(std::string_view name, const Limits& limits);

/// The last step of mechanisms that bring a password, after checking its form.
[[nodiscard]] Step verify_password(std::string_view authcid, std::string_view authzid,
                                   std::string_view password, const Limits& limits);

}  // namespace hikyaku::sasl
