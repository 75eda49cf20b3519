// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/imap/command.h"
#include "protocol/imap/command_table.h"
#include "protocol/imap/limits.h"
#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

/// Nothing more without octets from the client: flush what is to be sent, read, feed().
struct NeedInput {};
/// Send "+ " and a text, then go on: the client waits to send a literal.
struct SendContinuation {};
/// A whole command. Its tagged reply is due.
struct Received {
  Command command;
};
/// Send "TAG BAD text" or "TAG NO [code] text" ("* BAD text" if the tag is empty), then go on.
struct Rejected {
  enum class Reply : unsigned char { kBad, kNo };
  std::string tag;
  Reply reply = Reply::kBad;
  std::string_view code;  ///< "TOOBIG"; empty for none
  std::string text;
};
/// APPEND wants to give us a message. Answer with accept_append() or refuse_append(), before the
/// next next(). The first has index 0; a command with several is all or nothing (RFC 3502).
struct AppendBegin {
  std::string_view tag;      ///< valid until the command's end
  std::string_view mailbox;  ///< as on the wire; valid until the command's end
  std::size_t index = 0;
  AppendMessage message;
};
/// The next octets of that message, valid until the next call.
struct AppendData {
  std::string_view octets;
};
/// The message is whole.
struct AppendMessageEnd {};
/// The command is whole: commit the messages, then send the tagged reply.
struct AppendEnd {
  std::string tag;
  std::string mailbox;
};
/// What read_line() asked for, without CRLF. Valid until the next call.
struct Line {
  std::string_view text;
};
/// Send "* BYE text" and close: the client cannot be understood any more.
struct HangUp {
  std::string text;
};

using Reaction = std::variant<NeedInput, SendContinuation, Received, Rejected, AppendBegin,
                              AppendData, AppendMessageEnd, AppendEnd, Line, HangUp>;

/// Cuts a client's octets into commands.
///
/// Shape:     octets in, any chunking -> one Reaction per next(); feed() only after NeedInput.
///            next() may be called at once for the following command, or after the reply to the one
///            before: nothing is read ahead but what was fed.
/// Literals:  small ones are part of the Command. Before a synchronizing one is asked for, the
///            command must exist, be allowed in the state, and the size must be allowed, else it is
///            Rejected, and the client does not send it. Non-synchronizing ones that we refuse are
///            skipped, up to a limit. Messages in APPEND are handed out as they come.
/// Lines:     end with CRLF; a bare LF is taken as one (Why: nothing in IMAP can be smuggled with
/// it,
///            every other server takes it, and people type commands by hand). CR elsewhere is an
///            error.
/// Errors:    Rejected for what a client can recover from; HangUp for what it cannot (a line or a
///            literal that is too long to skip, too many bad commands in a row).
/// Memory:    at most one command of Limits.command_octets_max and what was fed; none when idle.
/// Secrets:   octets of LOGIN, AUTHENTICATE and lines are wiped once they were handed out.
/// Source:    RFC 9051 §2.2, §4.3, §6, §9; RFC 7888 (LITERAL+); RFC 3502 (MULTIAPPEND).
/// Threads:   one owner at a time.
class ServerReader {
 public:
  explicit ServerReader(Limits limits = {}) : limits_(limits) {}

  void feed(std::string_view octets);
  [[nodiscard]] Reaction next();

  /// The state that commands are checked against, and whose limits hold.
  void set_state(State state) { state_ = state; }
  [[nodiscard]] State state() const { return state_; }

  void accept_append();
  /// `code` is a literal text. Refuses the message at hand, or the rest of it: next() skips what
  /// the client sends anyway, then gives the Rejected. May be called from AppendBegin until
  /// AppendEnd.
  void refuse_append(Rejected::Reply reply, std::string_view code, std::string text);

  /// The next Reaction is a Line, not a command: the client's answer to a challenge, or DONE.
  /// A longer line is a HangUp.
  void read_line(std::size_t octets_max);

  /// Octets came behind the last command. After STARTTLS they were not encrypted: discard() them
  /// (RFC 9051 §6.2.1).
  [[nodiscard]] bool has_pending() const { return begin_ < pending_.size(); }
  void discard();

 private:
  enum class Mode : unsigned char {
    kCommand,      ///< collecting a command's lines and literals
    kLine,         ///< read_line() was called
    kAppendAsk,    ///< waiting for accept_append() or refuse_append()
    kAppendData,   ///< inside a message
    kAppendNext,   ///< behind a message: another one, or the end
    kSkipLiteral,  ///< throwing away a literal of a refused command
    kSkipLine,     ///< throwing away the rest of a refused command's line
    kClosed,
  };
  /// One line of the command at hand: where it ends, and what to go on behind.
  struct LineEnd {
    std::size_t end = 0;   ///< of the text, before CRLF
    std::size_t next = 0;  ///< behind the LF
  };

  [[nodiscard]] std::size_t line_octets_max() const;
  [[nodiscard]] std::size_t command_octets_max() const;
  [[nodiscard]] std::string_view between(std::size_t begin, std::size_t end) const;
  void drop_consumed();
  void consume(std::size_t end);
  std::optional<LineEnd> find_line(std::size_t from);
  [[nodiscard]] std::size_t unfinished_end() const;

  Reaction collect();
  Reaction need_input();
  std::optional<Reaction> take_line(LineEnd line);
  std::optional<Reaction> take_literal(LineEnd line, const LiteralHeader& literal);
  Reaction parse_command(LineEnd line);
  Reaction line_too_long();

  Reaction begin_append(LineEnd line, const LiteralHeader& literal, AppendMessage message);
  std::optional<Reaction> try_append(LineEnd line, const LiteralHeader& literal,
                                     std::string_view arguments);
  Reaction append_data();
  Reaction append_next();
  Reaction next_line();

  Reaction reject(Rejected rejected);
  Reaction reject_line(LineEnd line, std::optional<LiteralHeader> literal, Rejected rejected);
  std::optional<Reaction> skip_literal();
  std::optional<Reaction> skip_line();
  Reaction hang_up(std::string text);

  Limits limits_;
  State state_ = State::kNotAuthenticated;
  Mode mode_ = Mode::kCommand;

  std::string pending_;         ///< fed; from begin_ on not yet handed out
  std::size_t begin_ = 0;       ///< start of the command at hand
  std::size_t line_begin_ = 0;  ///< start of its line at hand, behind the last literal
  std::size_t scanned_ = 0;     ///< up to here no LF was found
  std::size_t wipe_from_ = 0;   ///< begin of the octets to wipe with the next call, up to begin_
  bool wipe_due_ = false;
  bool continuation_due_ = false;

  std::uint64_t literal_left_ = 0;  ///< of a message, or of a literal to skip
  std::uint64_t skipped_ = 0;
  std::size_t bad_in_a_row_ = 0;
  std::size_t line_octets_asked_ = 0;  ///< read_line()'s limit
  Rejected refusal_;                   ///< what to say when the refused command was skipped

  std::string append_tag_;
  std::string append_mailbox_;
  std::size_t append_index_ = 0;
  bool append_waits_ = false;  ///< the client holds the message back until we ask for it
  AppendMessage::Form append_form_ = AppendMessage::Form::kLiteral;
  std::string hang_up_text_;
};

}  // namespace hikyaku::imap
