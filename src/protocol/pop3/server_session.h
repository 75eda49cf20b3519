// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/secret.h"
#include "protocol/pop3/drop.h"
#include "protocol/pop3/limits.h"

namespace hikyaku::pop3 {

/// Send output(), read, feed().
struct NeedInput {};
/// Send output() (it is large), then next().
struct Flush {};
/// USER and PASS. Answer with login_ok() or login_failed().
struct NeedLogin {
  std::string user;
  Secret password;
};
/// AUTH. Run sasl::ServerExchange: challenge(), after which an AuthLine comes; then login_ok() or
/// login_failed().
struct NeedAuth {
  std::string mechanism;
  std::optional<Secret> initial;  ///< base64, or "=" for an empty one
};
/// The client's answer to challenge(), in base64, or "*". It is wiped when next() is called.
struct AuthLine {
  std::string_view text;
};
/// Send output(), do the TLS handshake, then tls_started().
struct NeedTls {};
/// RETR or TOP. Open the message, then message_ok() or message_failed().
struct NeedMessage {
  std::uint32_t number = 0;  ///< 1 is Drop.messages[0]
  std::uint32_t uid = 0;
  std::uint32_t octets = 0;
  std::optional<std::uint32_t> body_lines;  ///< TOP: how many lines behind the header
};
/// QUIT in the TRANSACTION state: delete these, then committed() (RFC 1939 §6).
struct NeedCommit {
  std::vector<std::uint32_t> uids;  ///< ascending
};
/// Send output(), then close.
struct Close {};

using Reaction = std::variant<NeedInput, Flush, NeedLogin, NeedAuth, AuthLine, NeedTls, NeedMessage,
                              NeedCommit, Close>;

enum class ChannelSecurity : unsigned char { kPlain, kEncrypted };

/// Why a login did not work, as response codes (RFC 2449 §8.1, RFC 3206).
enum class LoginFailure : unsigned char {
  kWrong,      ///< [AUTH]
  kInUse,      ///< [IN-USE]: another session holds the maildrop
  kTemporary,  ///< [SYS/TEMP]: ours, comes right by itself
  kPermanent,  ///< [SYS/PERM]: somebody must do something
  kDelay,      ///< [LOGIN-DELAY]
  kMalformed,  ///< no code: the SASL exchange was not well-formed, or cancelled
};

/// The server's side of one POP3 connection.
///
/// Shape:    octets in, any chunking; replies collect in output(), and next() says what the shell
///           has to do. Pipelined commands are answered in order (RFC 2449 §6.6).
/// States:   AUTHORIZATION until login_ok(), then TRANSACTION, and UPDATE at QUIT only: a
/// connection
///           that ends in any other way deletes nothing.
/// Errors:   "-ERR" for what a client can recover from; Close after too many in a row, or a line
///           that does not end.
/// Memory:   a line, the Drop (8 octets a message) and its deletion marks, and
/// Limits.output_octets. Source:   RFC 1939; RFC 2449 (CAPA, codes); RFC 2595 (STLS); RFC 5034
/// (AUTH); RFC 3206. Threads:  one owner at a time.
class ServerSession {
 public:
  struct Settings {
    ChannelSecurity channel = ChannelSecurity::kPlain;
    bool can_start_tls = false;
    std::vector<std::string_view> mechanisms;     ///< of AUTH; see offer()
    std::string greeting = "hikyaku POP3 ready";  ///< behind "+OK "
    Limits limits = {};
  };
  explicit ServerSession(Settings settings);

  void feed(std::string_view octets);
  [[nodiscard]] Reaction next();

  /// Replies to be sent, in order, before what the Reaction asks for. The caller empties it.
  [[nodiscard]] std::string& output() { return output_; }

  void login_ok(Drop drop);
  void login_failed(LoginFailure failure, std::string_view text);
  void challenge(std::string_view base64);
  void tls_started();
  /// The mechanisms to offer from here on: those of the connection as it is now.
  void offer(std::vector<std::string_view> mechanisms) {
    settings_.mechanisms = std::move(mechanisms);
  }
  /// The message can be read: writes the "+OK" line. The shell sends output(), the message through
  /// a MessageWriter, and calls next().
  void message_ok();
  void message_failed(std::string_view text);
  enum class Committed : unsigned char { kAll, kSome };
  void committed(Committed result);

  /// Hangs up with a reason: idle for too long (RFC 1939 §3: then without UPDATE), or we shut down.
  void end(std::string_view text);

  [[nodiscard]] bool in_transaction() const { return state_ == State::kTransaction; }

 private:
  friend struct Commands;  // the commands, a file each in command/

  enum class State : unsigned char { kAuthorization, kTransaction, kUpdate, kClosed };
  /// What the shell owes us before the next command is read.
  enum class Owes : unsigned char { kNothing, kLogin, kAuthStep, kTls, kMessage, kBody, kCommit };

  std::optional<std::string_view> take_line(std::size_t octets_max);
  void drop_consumed();
  std::optional<Reaction> auth_line();
  std::optional<Reaction> run(std::string_view line);
  Reaction need_input();
  Reaction close(std::string_view text);

  void unmark_all();
  void ok(std::string_view text);
  void error(std::string_view code, std::string_view text);

  Settings settings_;
  State state_ = State::kAuthorization;
  Owes owes_ = Owes::kNothing;
  std::string output_;
  std::string pending_;
  std::size_t begin_ = 0;
  std::size_t scanned_ = 0;
  bool wipe_due_ = false;  ///< octets before begin_ may hold a password
  bool auth_line_due_ = false;
  bool closing_ = false;
  std::size_t bad_in_a_row_ = 0;

  std::string user_;  ///< of USER, waiting for PASS
  Drop drop_;
  std::vector<bool> deleted_;
  std::uint64_t octets_left_ = 0;    ///< of messages that are not marked
  std::uint32_t messages_left_ = 0;  ///< likewise
  /// A LIST or UIDL that is being written in pieces: the next message, 0 if there is none.
  enum class ListingOf : unsigned char { kSizes, kUniqueIds };
  ListingOf listing_of_ = ListingOf::kSizes;
  std::uint32_t listing_next_ = 0;
};

}  // namespace hikyaku::pop3
