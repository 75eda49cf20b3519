// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/smtp/command_reader.h"
#include "protocol/smtp/data_reader.h"
#include "protocol/smtp/reaction.h"
#include "protocol/smtp/reason.h"
#include "protocol/smtp/server_config.h"
#include "protocol/smtp/transaction.h"

namespace hikyaku::smtp {

class ServerState;

/// What happens when the shell has answered a question.
struct Question {
  /// `reply`: the shell's own positive reply, or nullptr for the usual one.
  void (*accepted)(ServerState& state, const Reply* reply);
  void (*refused)(ServerState& state, const Reply& reply);
};

/// Refuses and nothing else happens: the usual Question::refused.
void reply_refusal(ServerState& state, const Reply& reply);

/// What a session knows: the part that its commands (command_*.cc) and extensions (extension_*.cc)
/// work on. For this folder only; ServerSession is the outside.
class ServerState {
 public:
  enum class Phase : unsigned char {
    kGreeting,
    kRefused,  ///< 554 at the greeting: 503 to all but QUIT (RFC 5321 §3.1)
    kCommand,
    kAuth,  ///< the next line is an answer to a challenge
    kData,
    kChunk,  ///< the octets that BDAT announced
    kHandshake,
    kClosed,
  };

  ServerState(const ServerConfig& config_in, bool tls_in);

  /// Queues a reply.
  void reply(const Reply& reply, Enhanced enhanced = Enhanced::kWrite);
  /// Queues a refusal of the client's mistake, and counts it; too many close the session.
  void mistake(const Reply& reply);
  void mistake(const Reason& reason, std::string_view subject = {}) {
    mistake(refusal(reason, subject));
  }
  void close(CloseReason reason);
  [[nodiscard]] bool closed() const { return phase == Phase::kClosed; }

  /// Puts a question to the shell: the reaction that the caller returns.
  void ask(const Question& q) { question = &q; }

  /// Forgets the transaction; the shell is told by a Reset when it may hold something of it.
  void drop_mail();
  void forget_client();  ///< RFC 3207 §4.2: everything the client said

  [[nodiscard]] bool lmtp() const { return config->role == Role::kLmtp; }
  [[nodiscard]] bool offers_starttls() const { return config->starttls && !tls; }
  [[nodiscard]] bool offers(std::string_view mechanism) const {
    return channel_binding || !mechanism.ends_with("-PLUS");
  }
  [[nodiscard]] bool offers_auth() const {
    return !config->mechanisms.empty() && (tls || config->auth_tls == TlsNeed::kOptional);
  }

  const ServerConfig* config;
  Phase phase = Phase::kGreeting;
  CloseReason close_reason = CloseReason::kQuit;
  const Question* question = nullptr;  ///< that the shell has not answered yet
  bool stopping = false;               ///< 421 at the next command boundary
  std::optional<Reply> last_words;     ///< instead of the usual 421 when stopping
  bool reset_due = false;

  CommandReader lines;
  std::string_view input;
  std::string kept_input;
  std::string output;

  bool tls;
  bool channel_binding = false;  ///< -PLUS mechanisms are offered (RFC 5802 §4)
  bool injected = false;
  std::string hello;
  std::string hello_asked;
  bool extended = false;
  bool extended_asked = false;
  bool authenticated = false;
  std::string auth_octets;
  std::string vrfy_asked;

  std::optional<Transaction> mail;
  Transaction mail_asked;
  Recipient rcpt_asked;
  bool rcpt_seen = false;
  std::optional<DataReader> data;     ///< with BDAT, from the first chunk to the last
  std::optional<Reply> data_refusal;  ///< the rest is dropped, then this is said
  std::uint64_t chunk_left = 0;       ///< octets of the chunk at hand
  std::uint64_t chunk_octets = 0;     ///< all of it
  bool chunk_last = false;
  bool close_after_data = false;

  std::size_t messages = 0;
  std::size_t errors = 0;
  std::size_t refused_recipients = 0;
  std::size_t auth_failures = 0;
};

}  // namespace hikyaku::smtp
