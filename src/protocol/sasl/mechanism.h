// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/assert.h"
#include "base/clock.h"
#include "base/secret.h"
#include "protocol/sasl/crypto.h"

namespace hikyaku::sasl {

/// Sizes in octets, decoded (base64 is a third longer).
struct Limits {
  std::size_t response_octets_max = 8192;  ///< one client response; a bearer token is the longest
  std::size_t name_octets_max = 255;       ///< authcid, authzid (RFC 4616 §2)
  std::size_t password_octets_max = 1024;
  std::size_t nonce_octets_max = 1024;  ///< the client's, of SCRAM
};

/// What names a TLS connection so that both ends can tell that they have the same one, as far as it
/// has such names.
struct ChannelBindings {
  std::optional<std::string> tls_exporter;          ///< RFC 9266
  std::optional<std::string> tls_server_end_point;  ///< RFC 5929 §4

  [[nodiscard]] bool any() const { return tls_exporter || tls_server_end_point; }
};

/// What a mechanism may know of its surroundings. `crypto` outlives it.
struct Context {
  Limits limits;
  ChannelBindings bindings;
  std::string host;  ///< our name, in CRAM-MD5's challenge
  UnixTime now{};    ///< likewise
  const Crypto* crypto = nullptr;
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

/// What is kept of the password of authcid? Answer with Mechanism::answer(ScramKeys). For a name
/// that is not known the answer is keys that look like others and fit no password.
struct FindScram {
  Hash hash = Hash::kSha256;
  std::string authcid;
};
/// The same for CRAM-MD5.
struct FindCramMd5 {
  std::string authcid;
};

/// The client has shown that it knows the password of authcid, whose keys were given. May authcid
/// act as authzid? The mechanism is at its end.
struct Proven {
  std::string authcid;
  std::string authzid;
};

enum class Failure : unsigned char {
  kMalformed,  ///< what came is not what the mechanism allows: SMTP 501, IMAP BAD, POP3 -ERR
  kCancelled,  ///< the client sent "*"
  kTooLong,    ///< over a limit
  kUnknown,    ///< no such mechanism, or not offered now: SMTP 504
  kNeedsTls,   ///< the connection is not encrypted
  kWrong,      ///< the proof is not one: wrong password, or nobody has that name
  kBinding,    ///< the TLS connection of the client is not ours: somebody is in between
};

struct Failed {
  Failure failure = Failure::kMalformed;
  std::string text;  ///< one line for the client, without what it sent
  /// Who wanted to log in, when that is known.
  std::string authcid{};
};

/// What a mechanism wants next.
using Step = std::variant<Challenge, VerifyPassword, FindScram, FindCramMd5, Proven, Failed>;

/// The server's side of one authentication.
///
/// Shape:   the client's octets (base64 already off) in, a Step out. start() once, then step() for
///          every response to a Challenge, and answer() to every FindScram or FindCramMd5, until
///          the Step is another one.
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
  [[nodiscard]] virtual Step answer(ScramKeys /*keys*/) { return not_asked(); }
  [[nodiscard]] virtual Step answer(const CramKeys& /*keys*/) { return not_asked(); }

 private:
  [[nodiscard]] static Step not_asked() {
    HK_ASSERT(false);
    return Failed{};
  }
};

}  // namespace hikyaku::sasl
