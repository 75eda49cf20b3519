// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/sasl/mechanism.h"
#include "protocol/sasl/registry.h"

namespace hikyaku::sasl {

/// One AUTH or AUTHENTICATE command, from its arguments to the question of who it is: the part that
/// SMTP, IMAP and POP3 have in common (which mechanisms there are, base64, "=" and "*").
///
/// Shape:   begin() once, then line() for each line the client sends behind a Challenge, and
///          answer() behind a FindScram or FindCramMd5, until the Step is another one. Lines come
///          without CRLF; start() and respond() are the same for who has taken base64 off already.
///          The caller wipes what it read them from, and writes a challenge in base64, behind
///          "334 " (SMTP) or "+ " (IMAP, POP3).
/// Errors:  Failed, with the reason; the exchange is over.
/// Source:  RFC 4954 §4, RFC 9051 §6.2.2, RFC 4959 §3, RFC 5034 §4.
/// Threads: one owner at a time.
class ServerExchange {
 public:
  struct Settings {
    Channel channel;
    Allowed allowed;
    std::string host;  ///< our name
    UnixTime now{};
    const Crypto* crypto = nullptr;  ///< outlives the exchange
    Limits limits{};
  };
  explicit ServerExchange(Settings settings) : settings_(std::move(settings)) {}

  /// initial: the argument behind the mechanism's name, still in base64 ("=" is an empty response).
  [[nodiscard]] Step begin(std::string_view mechanism, std::optional<std::string_view> initial);
  [[nodiscard]] Step line(std::string_view text);

  [[nodiscard]] Step start(std::string_view mechanism, std::optional<std::string_view> initial);
  [[nodiscard]] Step respond(std::string_view octets);

  [[nodiscard]] Step answer(ScramKeys keys);
  [[nodiscard]] Step answer(const CramKeys& keys);

  /// The longest line that line() can take, in octets without CRLF.
  [[nodiscard]] std::size_t line_octets_max() const {
    return (settings_.limits.response_octets_max + 2) / 3 * 4;
  }

 private:
  [[nodiscard]] std::optional<Failed> choose(std::string_view mechanism);
  [[nodiscard]] Step finish(Step step);
  template <class Feed>
  [[nodiscard]] Step decode_and(std::string_view text, Feed feed);

  Settings settings_;
  std::unique_ptr<Mechanism> mechanism_;
};

}  // namespace hikyaku::sasl
