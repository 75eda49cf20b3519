// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/smtp/dot_stuffer.h"
#include "protocol/smtp/reply.h"
#include "protocol/smtp/reply_reader.h"
#include "protocol/smtp/timeouts.h"
#include "protocol/smtp/transaction.h"
#include "protocol/smtp/transcript.h"

namespace hikyaku::smtp {

enum class ClientProtocol : unsigned char { kSmtp, kLmtp };

enum class StartTlsUse : unsigned char {
  kNever,
  kIfOffered,  ///< opportunistic: a refused STARTTLS is no error
  kRequired,   ///< no mail without it
};

/// The password of a smart host.
struct ClientLogin {
  std::string user;
  std::string password;
};

struct ClientConfig {
  ClientProtocol protocol = ClientProtocol::kSmtp;
  std::string host;  ///< our name for EHLO
  StartTlsUse starttls = StartTlsUse::kIfOffered;
  bool chunking = true;              ///< BDAT where it is offered, over SMTP
  bool tls_active = false;           ///< implicit TLS: it was made before the greeting
  std::optional<ClientLogin> login;  ///< AUTH PLAIN, only under TLS
  ClientTimeouts timeouts;
  std::size_t pipeline_octets_max = 16384;  ///< commands under way (RFC 2920 §3.1: no deadlock)
  std::size_t transcript_octets_max = 16384;
};

/// What is to be sent. The octets themselves are streamed.
struct ClientMessage {
  ReversePath reverse_path;
  std::vector<Address> recipients;
  std::uint64_t size = 0;  ///< octets, for SIZE; 0 = unknown
  Body body = Body::k7Bit;
  bool smtputf8 = false;  ///< needs RFC 6531: for a remote without it, kPermanent for all
  // For a remote that offers DSN (RFC 3461 §5.2.1).
  Ret ret = Ret::kNotGiven;
  std::string envelope_id;         ///< xtext, or empty
  std::vector<RcptParams> params;  ///< empty, or one for each recipient
};

/// Where in the dialogue a reply came.
enum class Stage : unsigned char {
  kConnect,
  kGreeting,
  kHello,
  kStartTls,
  kAuth,
  kMail,
  kRcpt,
  kData,
  kEndOfData,
  kReset,
  kQuit,
};
[[nodiscard]] std::string_view name(Stage stage);  ///< "end of data"

enum class Outcome : unsigned char {
  kPending,
  kDelivered,
  kTransient,  ///< try again later
  kPermanent,  ///< the remote refused for good
};

/// What became of one recipient.
struct RecipientResult {
  Address address;
  Outcome outcome = Outcome::kPending;
  Stage stage = Stage::kConnect;  ///< that decided
  /// The remote's reply; code 0 when there was none: then `text` says what happened (connection
  /// lost, timeout, TLS), in words for an administrator.
  Reply reply;
};

/// What the remote offered in its last EHLO.
struct RemoteExtensions {
  bool extended = false;  ///< EHLO or LHLO was taken, not HELO
  bool pipelining = false, eight_bit_mime = false, starttls = false, enhanced_status = false;
  bool smtputf8 = false, chunking = false, dsn = false, requiretls = false;
  std::optional<std::uint64_t> size;  ///< 0 = no fixed limit
  std::vector<std::string> mechanisms;
  std::vector<std::string> keywords;  ///< every line, as sent
};

// What the session wants of the shell.

/// Write what take_output() gives, read within timeout(), feed(). End of the connection:
/// connection_lost(). No input in time: timed_out().
struct ClientNeedInput {};
/// Write what take_output() gives and go on with next(), without waiting for input.
struct ClientFlush {};
/// Make a TLS handshake, then tls_started() or tls_failed(). What was read before is dropped.
struct ClientStartTls {};
/// The session is set up, or the last message is done: begin(message) or quit().
struct ClientReady {};
/// The remote waits for the message: body() of some more, write what take_output() gives, next();
/// at its end body_end().
struct ClientNeedBody {};
/// results() are final. Then ClientReady or ClientClosed follows.
struct ClientMessageDone {};
/// Write what take_output() gives, if anything, and close. failure() says why, when it was not
/// quit().
struct ClientClosed {};

using ClientAction = std::variant<ClientNeedInput, ClientFlush, ClientStartTls, ClientReady,
                                  ClientNeedBody, ClientMessageDone, ClientClosed>;

/// Why a session ended before quit(): for all recipients that are still open.
struct ClientFailure {
  Stage stage = Stage::kConnect;
  Outcome outcome = Outcome::kTransient;
  Reply reply;  ///< as in RecipientResult
};

/// The client's side of an SMTP or LMTP session, without I/O.
///
/// Dialogue:  greeting, EHLO (HELO when the remote does not know it), STARTTLS and EHLO again,
/// AUTH;
///            then any number of messages: MAIL, RCPT..., DATA, pipelined when that is offered.
/// Results:   per recipient, with the remote's own reply. A lost connection or a timeout after the
///            final dot is kTransient: the remote may have taken the message, so that a repeat can
///            make a duplicate, but never a loss (RFC 5321 §4.5.3.2.6, RFC 1047).
/// 8-bit:     a message with octets over 127 goes as it is to a server without 8BITMIME, without
///            BODY=: converting would break signatures, and every server of today takes it.
/// Chunks:    with CHUNKING (RFC 3030) the message goes by BDAT, when all RCPT are answered; up to
/// 8
///            chunks are under way at a time.
/// Errors:    a reply that breaks the grammar or the limits ends the session (kTransient).
/// Secrets:   the transcript has "AUTH PLAIN ****".
/// Memory:    some KiB beside what body() puts into the output.
/// Source:    RFC 5321 §4.2, §4.3, §4.5.3.2; RFC 2920, 1870, 6152, 3207, 4954, 2033, 3030.
/// Threads:   one owner at a time.
class ClientSession {
 public:
  explicit ClientSession(ClientConfig config);

  [[nodiscard]] ClientAction next();
  /// New input; copied (replies are short). next() uses it up.
  void feed(std::string_view octets);
  [[nodiscard]] std::string take_output() { return std::exchange(output_, {}); }

  void tls_started();
  void tls_failed(std::string why);
  void connection_lost(std::string why);
  void timed_out();

  void begin(ClientMessage message);
  void body(std::string_view octets);  ///< appends the octets as they are sent to the output
  void body_end();
  void body_last(std::string_view octets);  ///< both at once: one chunk less
  /// The message can't be read to its end: the connection must be cut, so that the remote doesn't
  /// take half of it. Transient for all.
  void body_failed(std::string why);
  void quit();

  /// How long to wait for input, or for a write of body octets, now.
  [[nodiscard]] std::chrono::seconds timeout() const;
  [[nodiscard]] const std::vector<RecipientResult>& results() const { return results_; }
  [[nodiscard]] const std::optional<ClientFailure>& failure() const { return failure_; }
  [[nodiscard]] const RemoteExtensions& remote() const { return remote_; }
  [[nodiscard]] const Reply& greeting() const { return greeting_; }
  [[nodiscard]] bool tls() const { return tls_; }
  /// The message's end was given out: the remote may have taken it.
  [[nodiscard]] bool final_sent() const { return final_sent_; }
  /// CHUNKING was offered, and BDAT is not known all the same: the session is closed, since the
  /// message may have been taken for commands; try again without.
  [[nodiscard]] bool chunking_refused() const { return chunking_refused_; }
  /// The dialogue so far, without the message, bounded; clear_transcript() between two messages.
  [[nodiscard]] const std::string& transcript() const { return transcript_.text(); }
  void clear_transcript() { transcript_.clear(); }

 private:
  enum class Phase : unsigned char {
    kSetup,
    kHandshake,
    kReady,
    kEnvelope,
    kBody,
    kEndOfData,
    kQuit,
    kClosed
  };
  /// A command whose reply has not come yet.
  struct Awaited {
    Stage stage;
    std::size_t recipient = 0;  ///< kRcpt, and kEndOfData of LMTP
    std::size_t octets = 0;
    bool more = false;  ///< a chunk that is not the last
  };

  /// `shown`: for the transcript, where the line has a secret.
  void send(Stage stage, const std::string& line, std::string_view shown = {},
            std::size_t recipient = 0);
  [[nodiscard]] bool read_reply();  ///< false: more input is needed
  void take(const Awaited& awaited, const Reply& reply);
  void fail(Stage stage, Outcome outcome, Reply reply);
  void say_quit();

  // client_setup.cc: from the greeting to ClientReady.
  void say_hello(bool extended);
  void take_greeting(const Reply& reply);
  void take_hello(const Reply& reply);
  void take_starttls(const Reply& reply);
  void take_auth(const Reply& reply);
  [[nodiscard]] std::string login_octets() const;
  void redact(Reply& reply) const;
  void after_hello();
  void after_tls();
  void read_extensions(const Reply& reply);

  // client_message.cc: one message.
  void send_envelope();
  bool send_next();  ///< one command of the envelope; false: none may be sent now
  [[nodiscard]] std::string mail_line() const;
  [[nodiscard]] std::string rcpt_line(std::size_t index) const;
  [[nodiscard]] std::optional<Reply> local_objection(const Address* address) const;
  void take_mail(const Reply& reply);
  void take_rcpt(std::size_t index, const Reply& reply);
  void take_data(const Reply& reply);
  void take_end_of_data(const Awaited& awaited, const Reply& reply);
  [[nodiscard]] bool chunked() const;
  void send_chunk(bool last);
  bool take_chunk(const Awaited& awaited, const Reply& reply);
  [[nodiscard]] std::optional<Reply> refusal_in_input();
  [[nodiscard]] bool accepted(std::size_t index) const;
  [[nodiscard]] bool any_accepted() const;
  void decide(std::size_t index, Outcome outcome, Stage stage, const Reply& reply);
  void decide_open(Outcome outcome, Stage stage, const Reply& reply);
  void finish_message();

  ClientConfig config_;
  Phase phase_ = Phase::kSetup;
  ReplyReader reader_;
  Transcript transcript_;
  DotStuffer stuffer_;
  std::string input_;
  std::string output_;
  std::deque<Awaited> awaited_;
  std::size_t awaited_octets_ = 0;
  bool tls_ = false;
  bool extended_hello_ = true;  ///< the last hello was EHLO or LHLO
  Reply greeting_;
  RemoteExtensions remote_;
  std::optional<ClientFailure> failure_;

  ClientMessage message_;
  std::vector<RecipientResult> results_;
  std::size_t next_recipient_ = 0;  ///< first whose RCPT was not sent
  bool reset_needed_ = false;       ///< the remote holds a transaction that nobody wants
  bool mail_sent_ = false;
  bool data_sent_ = false;
  bool final_sent_ = false;
  std::string chunk_;         ///< what body() gave, as it is sent
  bool chunk_known_ = false;  ///< the remote has shown that it knows BDAT
  bool chunking_refused_ = false;
  bool message_done_ = false;  ///< ClientMessageDone is due
};

}  // namespace hikyaku::smtp
