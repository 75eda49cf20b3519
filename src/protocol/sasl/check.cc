// SPDX-License-Identifier: Apache-2.0
#include "protocol/sasl/check.h"

#include <cstdint>

namespace hikyaku::sasl {
namespace {

/// Octets that the character at the front takes; 0 if it is no UTF-8 (RFC 3629 §4).
std::size_t character_octets(std::string_view text) {
  const auto at = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xc0U) == 0x80U; };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const bool overlong = lead == 0xe0 && at(1) < 0xa0;
    const bool surrogate = lead == 0xed && at(1) > 0x9f;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const bool overlong = lead == 0xf0 && at(1) < 0x90;
    const bool too_high = lead == 0xf4 && at(1) > 0x8f;
    return tail(1) && tail(2) && tail(3) && !overlong && !too_high ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t octets = character_octets(text);
    if (octets == 0 || text.front() == '\0') return false;
    text.remove_prefix(octets);
  }
  return true;
}

std::optional<Failed> check_name(std::string_view name, const Limits& limits) {
  if (name.empty()) return Failed{Failure::kMalformed, "the user name is empty"};
  if (name.size() > limits.name_octets_max) {
    return Failed{Failure::kTooLong, "the user name is too long"};
  }
  while (!name.empty()) {
    const auto lead = static_cast<unsigned char>(name.front());
    const std::size_t octets = character_octets(name);
    if (octets == 0) return Failed{Failure::kMalformed, "the user name is not UTF-8"};
    if (lead < 0x20 || lead == 0x7f) {
      return Failed{Failure::kMalformed, "the user name has a control character"};
    }
    name.remove_prefix(octets);
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
