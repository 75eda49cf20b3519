// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocol/smtp/reaction.h"
#include "protocol/smtp/server_config.h"

namespace hikyaku::smtp {

class ServerState;

/// What the shell knows about the connection and tells the session.
struct TlsFacts {
  bool active = false;
};

/// The server's side of an SMTP, submission or LMTP session, without I/O.
///
///   for (;;) {
///     auto reaction = session.next();
///     // NeedInput: write take_output(), read, feed(view)
///     // NeedRcpt etc.: find out, then accept() or refuse(reply)
///     // DataChunk: keep; DataEnd: commit, then accept(250 with the tracking number)
///     // Close: write take_output(), close
///   }
///
/// Shape:     octets in, any chunking -> the same reactions and the same output.
/// Pipelining: replies gather in the output, so that those of a group go out in one write; the
///            shell may write earlier (before a slow decision), never later than NeedInput.
/// Input:     fed views are not copied: they must stay valid until next() says NeedInput, or
///            until keep_input() is called. Of a line not yet whole a bounded copy is kept.
/// Errors:    whatever a peer sends becomes a reply, or Close. Never an assert.
/// Smuggling: only CRLF ends a line and only CRLF.CRLF ends the data. A bare CR, bare LF or NUL in
///            a command: 500 and close. Bare LF, NUL, or a dot between line ends that are not
///            CRLF, in data: the message is read to its real end and dropped, then 550 and close,
///            so that nothing after it is ever taken as a command.
/// Memory:    some KiB, bounded by the limits of ServerConfig.
/// Chunks:    the octets of BDAT are the same text as those of DATA, with the same rules for line
///            ends: another server may send them on with DATA.
/// Source:    RFC 5321, 2920, 1870, 6152, 2034, 3207, 3030, 3461, 4954, 6409, 2033.
/// Threads:   one owner at a time.
class ServerSession {
 public:
  /// `config` outlives the session. `tls`: active for implicit TLS (port 465).
  ServerSession(const ServerConfig& config, TlsFacts tls);
  ServerSession(ServerSession&&) noexcept;
  ServerSession& operator=(ServerSession&&) noexcept;
  ~ServerSession();

  /// Gives new input. Only after NeedInput.
  void feed(std::string_view octets);
  /// Copies what is left of the fed view, so that its buffer can be used for something else while
  /// a question is being answered.
  void keep_input();
  [[nodiscard]] Reaction next();

  /// Replies to be written, and forgets them.
  [[nodiscard]] std::string take_output();
  [[nodiscard]] bool has_output() const;

  // Answers to the last question.
  void accept();                            ///< with the usual reply
  void accept(Reply reply);                 ///< with that positive reply
  void refuse(Reply reply);                 ///< 4yz or 5yz; 421 closes afterwards
  void challenge(std::string_view octets);  ///< NeedAuth, AuthResponse: 334
  void authenticated();                     ///< NeedAuth, AuthResponse: 235
  /// DataEnd of LMTP: one reply per accepted recipient, in order (RFC 2033 §4.2).
  void answer_each(std::span<const Reply> replies);

  // Events.
  void tls_started();  ///< after StartTls: everything is as at the beginning (RFC 3207 §4.2)
  /// The TLS connection has a name that mechanisms can bind to: those with -PLUS are offered too.
  void can_bind_channel();
  /// While data comes in: no more chunks are wanted; the rest is read and dropped, then this is
  /// the reply.
  void refuse_data(Reply reply);
  void timed_out();  ///< timeout() passed without input: 421 and Close
  /// We stop: 421 at the next command boundary; a message that is coming in is finished first.
  void shut_down();
  /// Close after the replies that are due, with that 421 or 5yz reply.
  void close_after(Reply reply);

  /// How long to wait for input now.
  [[nodiscard]] std::chrono::seconds timeout() const;
  /// Whether a closed connection interrupts a message (for the log).
  [[nodiscard]] bool in_data() const;
  /// Nothing is under way: the connection may be closed without losing anything.
  [[nodiscard]] bool idle() const;

  [[nodiscard]] std::string_view hello() const;  ///< the name of EHLO; empty before
  [[nodiscard]] bool extended() const;           ///< EHLO or LHLO, not HELO
  [[nodiscard]] bool tls() const;
  [[nodiscard]] bool is_authenticated() const;
  /// The client sent plain text behind STARTTLS (dropped: CVE-2011-0411).
  [[nodiscard]] bool injected_before_tls() const;
  [[nodiscard]] std::size_t messages() const;  ///< accepted so far
  [[nodiscard]] std::size_t errors() const;    ///< commands refused so far

 private:
  std::unique_ptr<ServerState> state_;
};

}  // namespace hikyaku::smtp
