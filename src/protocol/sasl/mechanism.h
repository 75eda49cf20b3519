// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"

namespace hikyaku::sasl {

/// Sizes in octets, decoded (base64 is a third longer).
struct Limits {
  std::size_t response_octets_max = 8192;  ///< one client response; a bearer token is the longest
  std::size_t name_octets_max = 255;       ///< authcid, authzid (RFC 4616 §2)
  std::size_t password_octets_max = 1024;
};

/// Send these octets to the client and wait for its response.
struct Challenge {
  std::string octets;
};

/// Is this the password of authcid, and may authcid act as authzid? (Empty authzid: as itself.)
/// The mechanism is at its end: the one who asked for it decides.
struct VerifyPassword {
  std::string authcid;
  std::string authzid;
  Secret password;
};

enum class Failure : unsigned char {
  kMalformed,  ///< what came is not what the mechanism allows: SMTP 501, IMAP BAD, POP3 -ERR
  kCancelled,  ///< the client sent "*"
  kTooLong,    ///< over a limit
  kUnknown,    ///< no such mechanism, or not offered now: SMTP 504
  kNeedsTls,   ///< the mechanism shows the password and the connection is not encrypted
};

struct Failed {
  Failure failure = Failure::kMalformed;
  std::string text;  ///< one line for the client, without what it sent
};

/// What a mechanism wants next. Later mechanisms add questions (a bearer token, SCRAM's stored
/// keys, a certificate's name) as further alternatives, with a way to answer them in Mechanism.
using Step = std::variant<Challenge, VerifyPassword, Failed>;

/// The server's side of one authentication.
///
/// Shape:   the client's octets (base64 already off) in, a Step out. start() once, then step() for
///          every response until the Step is not a Challenge.
/// Source:  RFC 4422 §3.
/// Threads: one owner at a time.
class Mechanism {
 public:
  Mechanism() = default;
  Mechanism(const Mechanism&) = delete;
  Mechanism& operator=(const Mechanism&) = delete;
  virtual ~Mechanism() = default;

  /// initial: the initial response, if the client sent one (an empty one is one, RFC 4422 §3.3).
  [[nodiscard]] virtual Step start(std::optional<std::string_view> initial) = 0;
  [[nodiscard]] virtual Step step(std::string_view response) = 0;
};

}  // namespace hikyaku::sasl
