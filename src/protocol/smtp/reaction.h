// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "protocol/smtp/reply.h"
#include "protocol/smtp/transaction.h"

/// What a server session wants of the shell around it. References and views are valid until the
/// next call of a member of the session.
namespace hikyaku::smtp {

/// Write what take_output() gives, read, feed().
struct NeedInput {};
/// Much output has gathered: write what take_output() gives, and go on with next().
struct Flush {};

// Questions: next() may be called again only after accept(), refuse() or what else stands here.

/// The connection is there and the client waits for the 220. refuse() closes it.
struct NeedGreeting {};
/// EHLO, HELO or LHLO with that name (any text that looks like a name or a literal).
struct NeedHello {
  std::string_view name;
};
/// May this sender send?
struct NeedMail {
  const ReversePath& reverse_path;
  const MailParams& params;
};
/// May this recipient be reached? (unknown user, relay denied, mailbox full: refuse)
struct NeedRcpt {
  const Transaction& transaction;
  const Recipient& recipient;
};
/// VRFY with something behind it. accept() answers 252: nobody learns who is here.
struct NeedVrfy {
  std::string_view text;
};
/// A login begins. challenge(), authenticated() or refuse().
struct NeedAuth {
  std::string_view mechanism;               ///< capital letters, one of the configured
  std::optional<std::string_view> initial;  ///< decoded; nullopt = none was given
};
/// The client's decoded answer to challenge().
struct AuthResponse {
  std::string_view octets;
};
/// The client gave up (RFC 4954 §4: "*"), or sent no base64. Nothing to answer: forget the login.
struct AuthAborted {};
/// Write what take_output() gives (the 220), make the TLS handshake, then tls_started(). All input
/// that was read before is dropped already. When the handshake fails, close.
struct StartTls {};
/// DATA with at least one recipient. accept() sends 354.
struct DataBegin {
  const Transaction& transaction;
};

// Statements: go on with next().

/// Octets of the message, dot-stuffing removed: a view into what was fed, as long as possible.
struct DataChunk {
  std::string_view octets;
};
/// The message was broken off or is refused for what is in it: drop what was taken of it.
/// No DataEnd follows. The session answers by itself.
struct DataAborted {
  Reply reply;
};
/// RSET, or a new EHLO, or TLS in the middle of a transaction: forget it.
struct Reset {};

/// A question: the whole message is there. accept() or refuse(); with LMTP answer_each().
struct DataEnd {
  const Transaction& transaction;
  std::uint64_t octets;
};

enum class CloseReason : unsigned char {
  kQuit,      ///< the client said QUIT
  kRefused,   ///< refused at the greeting, or by close_after()
  kProtocol,  ///< bare CR, LF or NUL, too many errors
  kTimeout,
  kShutdown,  ///< ours
};
/// Write what take_output() gives, then close. Nothing more is taken.
struct Close {
  CloseReason reason;
};

using Reaction = std::variant<NeedInput, Flush, NeedGreeting, NeedHello, NeedMail, NeedRcpt,
                              NeedVrfy, NeedAuth, AuthResponse, AuthAborted, StartTls, DataBegin,
                              DataChunk, DataAborted, Reset, DataEnd, Close>;

}  // namespace hikyaku::smtp
