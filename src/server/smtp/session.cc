// SPDX-License-Identifier: Apache-2.0
#include "server/smtp/session.h"

#include <utility>

#include "base/event.h"
#include "base/event_keys.h"
#include "port/net/loop.h"
#include "protocol/smtp/reason.h"

namespace hikyaku::smtp_server {
namespace {

namespace key = event::key;

smtp::TlsFacts tls_facts(const Options& options) {
  return {.active = options.tls_start == TlsStart::kImplicit};
}

std::string_view name(smtp::CloseReason reason) {
  switch (reason) {
    case smtp::CloseReason::kQuit: return "quit";
    case smtp::CloseReason::kRefused: return "refused";
    case smtp::CloseReason::kProtocol: return "protocol broken";
    case smtp::CloseReason::kTimeout: return "timed out";
    case smtp::CloseReason::kShutdown: return "shutting down";
  }
  return "closed";
}

}  // namespace

Session::Session(const Options& options, const Ports& ports, net::StreamPtr stream)
    : options_(options),
      ports_(ports),
      stream_(std::move(stream)),
      smtp_(options.protocol, tls_facts(options)) {
  origin_.role = options.protocol.role;
  origin_.listener = options.listener;
  origin_.client_address = stream_->peer().path.empty() ? stream_->peer().address.text() : "";
  origin_.connected = ports.clock.now();
}

void Session::note_tls() {
  if (const auto info = stream_->tls()) origin_.tls = info->version + " " + info->cipher;
  if (login::channel_of(*stream_).bindings.any()) smtp_.can_bind_channel();
}

Task<void> Session::run() {
  event::debug("smtp.connected",
               {{key::kClient, origin_.client_address}, {key::kListener, origin_.listener}});
  if (options_.tls_start == TlsStart::kImplicit) {
    const auto done =
        co_await stream_->accept_tls(*ports_.tls, net::after(options_.handshake_patience));
    if (!done) {
      event::info("smtp.tls_failed",
                  {{key::kClient, origin_.client_address}, {key::kError, done.error().text}});
      co_return;
    }
    note_tls();
  }
  while (co_await react(smtp_.next()) == Flow::kGoOn) {
  }
  stream_->close();
}

Task<Session::Flow> Session::react(smtp::Reaction reaction) {
  if (auto* chunk = std::get_if<smtp::DataChunk>(&reaction)) {
    co_await take_data(chunk->octets);
  } else if (std::holds_alternative<smtp::NeedInput>(reaction)) {
    co_return co_await need_input();
  } else if (std::holds_alternative<smtp::Flush>(reaction)) {
    co_return co_await flush();
  } else if (std::holds_alternative<smtp::NeedGreeting>(reaction)) {
    smtp_.accept();
  } else if (auto* hello = std::get_if<smtp::NeedHello>(&reaction)) {
    origin_.hello = hello->name;
    forget_transaction();
    smtp_.accept();
    origin_.extended = smtp_.extended();
  } else if (auto* mail = std::get_if<smtp::NeedMail>(&reaction)) {
    smtp_.keep_input();
    co_await decide_mail(*mail);
  } else if (auto* rcpt = std::get_if<smtp::NeedRcpt>(&reaction)) {
    smtp_.keep_input();
    co_await decide_rcpt(*rcpt);
  } else if (std::holds_alternative<smtp::NeedVrfy>(reaction)) {
    smtp_.accept();
  } else if (auto* auth = std::get_if<smtp::NeedAuth>(&reaction)) {
    smtp_.keep_input();
    co_await begin_login(*auth);
  } else if (auto* response = std::get_if<smtp::AuthResponse>(&reaction)) {
    smtp_.keep_input();
    co_await continue_login(response->octets);
  } else if (std::holds_alternative<smtp::AuthAborted>(reaction)) {
    login_.reset();
  } else if (std::holds_alternative<smtp::StartTls>(reaction)) {
    co_return co_await start_tls();
  } else if (auto* begin = std::get_if<smtp::DataBegin>(&reaction)) {
    smtp_.keep_input();
    co_await begin_data(*begin);
  } else if (auto* aborted = std::get_if<smtp::DataAborted>(&reaction)) {
    event::info("smtp.refused",
                {{key::kClient, origin_.client_address}, {key::kReply, aborted->reply.one_line()}});
    forget_transaction();
  } else if (std::holds_alternative<smtp::Reset>(reaction)) {
    forget_transaction();
  } else if (auto* end = std::get_if<smtp::DataEnd>(&reaction)) {
    smtp_.keep_input();
    co_await end_data(*end);
  } else if (auto* close = std::get_if<smtp::Close>(&reaction)) {
    event::debug("smtp.closed",
                 {{key::kClient, origin_.client_address}, {key::kReason, name(close->reason)}});
    ignore(co_await stream_->write(smtp_.take_output(), options_.write_patience),
           "we close anyway");
    co_return Flow::kEnd;
  }
  co_return Flow::kGoOn;
}

Task<Session::Flow> Session::flush() {
  const auto output = smtp_.take_output();
  if (output.empty()) co_return Flow::kGoOn;
  const auto written = co_await stream_->write(output, options_.write_patience);
  pace_.answered(std::chrono::steady_clock::now());
  co_return written ? Flow::kGoOn : Flow::kEnd;
}

Task<Session::Flow> Session::need_input() {
  if (co_await flush() == Flow::kEnd) co_return Flow::kEnd;
  const auto deadline = pace_.deadline(std::chrono::steady_clock::now(), smtp_.timeout());
  // After a reply, wait first and read then: an idle session holds no buffer.
  const auto ready = co_await stream_->idle(deadline);
  if (ready && *ready == net::Ready::kStopping && !smtp_.in_data()) {
    smtp_.shut_down();
    co_return Flow::kGoOn;
  }
  if (!ready) {
    if (ready.error().remedy == Remedy::kClosePeer) co_return Flow::kEnd;
    smtp_.timed_out();
    co_return Flow::kGoOn;
  }
  const auto buffer = net::Loop::current()->read_buffer();
  const auto got = co_await stream_->read_some(buffer, deadline);
  if (!got || *got == 0) {
    if (smtp_.in_data())
      event::info("smtp.lost", {{key::kClient, origin_.client_address},
                                {key::kReason, "the client left in the middle of a message"}});
    co_return Flow::kEnd;
  }
  pace_.received(*got);
  smtp_.feed({buffer.data(), *got});
  co_return Flow::kGoOn;
}

Task<Session::Flow> Session::start_tls() {
  if (co_await flush() == Flow::kEnd) co_return Flow::kEnd;
  const auto done =
      co_await stream_->accept_tls(*ports_.tls, net::after(options_.handshake_patience));
  if (!done) {
    event::info("smtp.tls_failed",
                {{key::kClient, origin_.client_address}, {key::kError, done.error().text}});
    co_return Flow::kEnd;
  }
  pace_.answered(std::chrono::steady_clock::now());
  smtp_.tls_started();
  forget_transaction();
  origin_.hello.clear();
  note_tls();
  co_return Flow::kGoOn;
}

void Session::forget_transaction() {
  recipients_.clear();
  targets_ = 0;
  decisions_.clear();
  incoming_.reset();
  data_refused_ = false;
}

smtp::Reply reply_for(const Error& error) {
  if (const auto* reason = smtp::find_reason(smtp::reason_id_in(error.text))) {
    // What is wrong in here, and where it lies, is for our administrator: it is in the log.
    if (reason == &smtp::reason::kStoreBusy || reason == &smtp::reason::kDiskFull)
      return smtp::refusal(*reason);
    return smtp::Reply{reason->code, reason->enhanced, error.text};
  }
  return smtp::refusal(error.remedy == Remedy::kRetryLater ? smtp::reason::kInternal
                                                           : smtp::reason::kBadMessage);
}

Task<void> serve(const Options* options, const Ports* ports, net::StreamPtr stream) {
  Session session(*options, *ports, std::move(stream));
  co_await session.run();
}

}  // namespace hikyaku::smtp_server
