// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::smtp {

/// An enhanced status code, RFC 3463: class.subject.detail. {0,0,0} = none.
struct EnhancedStatus {
  std::uint16_t class_ = 0;
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;

  [[nodiscard]] constexpr bool present() const { return class_ != 0; }
  constexpr bool operator==(const EnhancedStatus&) const = default;
  /// "5.1.1"
  [[nodiscard]] std::string text() const;
};

/// Reads "5.1.1" from the beginning of `text`; it must end there or be followed by a space, and its
/// class must be 2, 4 or 5. nullopt when there is none.
[[nodiscard]] std::optional<EnhancedStatus> parse_enhanced(std::string_view text);

/// An SMTP reply, ours or a peer's.
///
/// `text` holds the lines without code and enhanced status, with '\n' between two lines.
struct Reply {
  std::uint16_t code = 0;
  EnhancedStatus enhanced;
  std::string text;

  [[nodiscard]] bool positive() const { return code >= 200 && code < 400; }
  [[nodiscard]] bool transient() const { return code >= 400 && code < 500; }
  [[nodiscard]] bool permanent() const { return code >= 500 && code < 600; }
  bool operator==(const Reply&) const = default;

  /// One line for logs, trail and DSN: "550 5.1.1 no such user here".
  [[nodiscard]] std::string one_line() const;
};

/// Whether enhanced status codes are written: not in the greeting and the replies to HELO and EHLO
/// (RFC 2034 §4).
enum class Enhanced : unsigned char { kWrite, kOmit };

/// Appends the reply as it goes on the wire, CRLF included. Control characters and octets over 126
/// in the text become '?', lines over 500 octets are cut into several (RFC 5321 §4.5.3.1.5).
void append_wire(const Reply& reply, Enhanced enhanced, std::string& out);

}  // namespace hikyaku::smtp
