// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/sasl/mechanism.h"
#include "protocol/sasl/registry.h"

namespace hikyaku::sasl {

/// Send this text (base64, maybe empty) behind "334 " (SMTP) or "+ " (IMAP, POP3), as one line.
struct SendChallenge {
  std::string base64;
};

using Exchanged = std::variant<SendChallenge, VerifyPassword, Failed>;

/// One AUTH or AUTHENTICATE command, from its arguments to the question of who it is: the part that
/// SMTP, IMAP and POP3 have in common (base64, "=" and "*").
///
/// Shape:   begin() once, then line() for each line the client sends, until the result is not a
///          SendChallenge. Lines come without CRLF. The caller wipes what it read them from.
/// Errors:  Failed, with the reason; the exchange is over.
/// Source:  RFC 4954 §4, RFC 9051 §6.2.2, RFC 4959 §3, RFC 5034 §4.
/// Threads: one owner at a time.
class ServerExchange {
 public:
  explicit ServerExchange(ChannelSecurity channel, Limits limits = {})
      : channel_(channel), limits_(limits) {}

  /// initial: the argument behind the mechanism's name, still in base64 ("=" is an empty response).
  [[nodiscard]] Exchanged begin(std::string_view mechanism,
                                std::optional<std::string_view> initial);
  [[nodiscard]] Exchanged line(std::string_view text);

  /// The longest line that line() can take, in octets without CRLF.
  [[nodiscard]] std::size_t line_octets_max() const {
    return (limits_.response_octets_max + 2) / 3 * 4;
  }

 private:
  [[nodiscard]] Exchanged finish(Step step);
  template <class Feed>
  [[nodiscard]] Exchanged decode_and(std::string_view text, Feed feed);

  ChannelSecurity channel_;
  Limits limits_;
  std::unique_ptr<Mechanism> mechanism_;
};

}  // namespace hikyaku::sasl
