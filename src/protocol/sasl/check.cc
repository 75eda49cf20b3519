// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/check.h"

#include "base/utf8.h"

namespace hikyaku::sasl {

bool is_utf8_text(std::string_view text) {
  return is_utf8(text) && text.find('\0') == std::string_view::npos;
}

std::optional<Failed> check_name(std::string_view name, const Limits& limits) {
  if (name.empty()) return Failed{Failure::kMalformed, "the user name is empty"};
  if (name.size() > limits.name_octets_max) {
    return Failed{Failure::kTooLong, "the user name is too long"};
  }
  while (!name.empty()) {
    const auto c = take_utf8(name);
    if (!c) return Failed{Failure::kMalformed, "the user name is not UTF-8"};
    if (*c < 0x20 || *c == 0x7f) {
      return Failed{Failure::kMalformed, "the user name has a control character"};
    }
  }
  return std::nullopt;
}

Step verify_password(std::string_view authcid, std::string_view authzid, std::string_view password,
                     const Limits& limits) {
  if (auto failed = check_name(authcid, limits)) return *std::move(failed);
  // RFC 4616 §2: the password has at least one octet. No check of its encoding: a password that was
  // set in Latin-1 long ago must go on working.
  if (password.empty()) return Failed{Failure::kMalformed, "the password is empty"};
  if (password.size() > limits.password_octets_max) {
    return Failed{Failure::kTooLong, "the password is too long"};
  }
  return VerifyPassword{std::string(authcid), std::string(authzid), Secret(password)};
}

}  // namespace hikyaku::sasl
