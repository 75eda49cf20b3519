// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/task.h"
#include "port/net/stream.h"
#include "protocol/sasl/server_exchange.h"
#include "record/directory/directory.h"

namespace hikyaku::login {

/// What the configuration says of logins.
struct Options {
  sasl::Allowed allowed;
  std::string host;            ///< our name
  std::string default_domain;  ///< of login names without one
};

/// Write these octets in base64, and give the client's next line to Login.
struct Challenge {
  std::string octets;
};
struct Accepted {
  directory::Account account;
};
enum class Why : unsigned char {
  kWrong,      ///< unknown user, wrong password, or acting for another: not told apart
  kBinding,    ///< somebody is between the client and us
  kMalformed,  ///< what came is not what the mechanism allows
  kCancelled,
  kTooLong,
  kUnknown,  ///< no such mechanism here
  kNeedsTls,
  kBackend,  ///< a failure of ours: try again
};
struct Refused {
  Why why = Why::kWrong;
  std::string text;    ///< for the client
  std::string user;    ///< as the client wrote it; empty when it did not come so far
  std::string reason;  ///< for the log: more than the client may know
};
using Outcome = std::variant<Challenge, Accepted, Refused>;

/// Whether the failure counts as a guess.
[[nodiscard]] constexpr bool is_guess(Why why) {
  return why == Why::kWrong || why == Why::kBinding;
}

/// How safe a connection is. `trusted`: without TLS, from a network where that is allowed.
enum class Trust : unsigned char { kNone, kNetwork };
[[nodiscard]] sasl::Channel channel_of(const net::Stream& stream, Trust trust = Trust::kNone);

/// One AUTH or AUTHENTICATE command.
///
/// Shape:   begin() once, then line() for each line behind a Challenge, both with base64 still on;
///          start() and respond() are the same with it off. What the arguments point to lives until
///          the first wait only: they are read before.
/// Threads: those of the session. `directory` and `options` outlive it.
class Login {
 public:
  Login(directory::Directory& directory, const Options& options, sasl::Channel channel,
        UnixTime now);

  Task<Outcome> begin(std::string_view mechanism, std::optional<std::string_view> initial);
  Task<Outcome> line(std::string_view text);
  Task<Outcome> start(std::string_view mechanism, std::optional<std::string_view> initial);
  Task<Outcome> respond(std::string_view octets);

  /// The name of the mechanism, for events; empty when there is none of that name.
  [[nodiscard]] std::string_view mechanism() const { return mechanism_; }
  [[nodiscard]] std::size_t line_octets_max() const { return exchange_.line_octets_max(); }

 private:
  Task<Outcome> settle(sasl::Step step);
  Task<Result<sasl::Step>> find(sasl::FindScram question);
  Task<Result<sasl::Step>> find(sasl::FindCramMd5 question);
  Task<Outcome> verify(sasl::VerifyPassword question);
  [[nodiscard]] Outcome refuse(sasl::Failed failed) const;
  [[nodiscard]] std::string address_of(std::string_view name) const;
  void note(std::string_view mechanism);

  directory::Directory& directory_;
  const Options& options_;
  sasl::ServerExchange exchange_;
  std::string_view mechanism_;
  std::optional<directory::Account> account_;  ///< whose keys the mechanism has
  bool keyless_ = false;
};

}  // namespace hikyaku::login
