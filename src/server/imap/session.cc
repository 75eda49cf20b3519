// SPDX-License-Identifier: Apache-2.0
#include "server/imap/session.h"

#include <utility>

#include "base/event.h"
#include "base/event_keys.h"
#include "port/net/loop.h"

namespace hikyaku::imap_server {
namespace {

namespace key = event::key;

constexpr std::size_t kOutputOctets = 64 * 1024;
constexpr std::size_t kOutputKeptOctets = 4 * 1024;

/// Encrypted, or in a network that is trusted as if it were.
bool may_send_passwords(const Options& options, const net::Stream& stream) {
  return options.tls_start == TlsStart::kImplicit ||
         net::in_any(options.plaintext_networks, stream.peer());
}

imap::Limits limits(const Options& options) {
  imap::Limits out;
  out.message_octets_max = options.message_octets_max;
  return out;
}

}  // namespace

Session::Session(const Options& options, const Ports& ports, net::StreamPtr stream)
    : options_(options),
      ports_(ports),
      stream_(std::move(stream)),
      client_(stream_->peer().text()),
      reader_(limits(options)),
      state_(may_send_passwords(options, *stream_) ? imap::ChannelSecurity::kEncrypted
                                                   : imap::ChannelSecurity::kPlain,
             ports.tls != nullptr ? imap::SessionState::StartTlsOffer::kYes
                                  : imap::SessionState::StartTlsOffer::kNo) {}

Task<void> Session::run() {
  event::debug("imap.connected", {{key::kClient, client_}, {key::kListener, options_.listener}});
  if (options_.tls_start == TlsStart::kImplicit) {
    const auto done =
        co_await stream_->accept_tls(*ports_.tls, net::after(options_.handshake_patience));
    if (!done) {
      event::info("imap.tls_failed", {{key::kClient, client_}, {key::kError, done.error().text}});
      co_return;
    }
  }
  greet();
  while (!ended_) {
    if (co_await react(reader_.next()) == Flow::kEnd) break;
  }
  co_await flush();
  stream_->close();
}

Task<Session::Flow> Session::react(imap::Reaction reaction) {
  if (std::holds_alternative<imap::NeedInput>(reaction)) {
    co_return co_await need_input();
  } else if (auto* received = std::get_if<imap::Received>(&reaction)) {
    co_return co_await execute(std::move(received->command));
  } else if (std::holds_alternative<imap::SendContinuation>(reaction)) {
    imap::append_continuation(out_, "go on");
    co_return co_await flush() ? Flow::kGoOn : Flow::kEnd;
  } else if (auto* rejected = std::get_if<imap::Rejected>(&reaction)) {
    appending_.reset();
    reject(*rejected);
  } else if (auto* begin = std::get_if<imap::AppendBegin>(&reaction)) {
    co_await append_begin(*begin);
  } else if (auto* data = std::get_if<imap::AppendData>(&reaction)) {
    co_await append_data(data->octets);
  } else if (std::holds_alternative<imap::AppendMessageEnd>(reaction)) {
    append_message_end();
  } else if (auto* end = std::get_if<imap::AppendEnd>(&reaction)) {
    co_await append_end(std::move(*end));
  } else if (auto* line = std::get_if<imap::Line>(&reaction)) {
    co_return co_await take_line(line->text);
  } else if (auto* hang_up = std::get_if<imap::HangUp>(&reaction)) {
    event::info("imap.hang_up", {{key::kClient, client_}, {key::kReason, hang_up->text}});
    bye(hang_up->text);
  }
  co_return co_await flush_some() ? Flow::kGoOn : Flow::kEnd;
}

Task<bool> Session::flush() {
  if (out_.empty()) co_return true;
  auto output = std::exchange(out_, {});
  const auto written = co_await stream_->write(output, options_.write_patience);
  // The buffer is used again, unless it has grown so much that idle sessions had better not keep
  // it.
  output.clear();
  if (output.capacity() <= kOutputKeptOctets) out_ = std::move(output);
  pace_.answered(std::chrono::steady_clock::now());
  co_return written.has_value();
}

Task<bool> Session::flush_some() {
  if (out_.size() < kOutputOctets) co_return true;
  auto output = std::exchange(out_, {});
  const auto written = co_await stream_->write(output, options_.write_patience);
  output.clear();
  out_ = std::move(output);
  co_return written.has_value();
}

Task<Session::Flow> Session::need_input() {
  if (!co_await flush()) co_return Flow::kEnd;
  const bool before_login = state_.state() == imap::State::kNotAuthenticated;
  const auto patience = before_login ? options_.login_patience : options_.idle_patience;
  const auto deadline = pace_.deadline(std::chrono::steady_clock::now(), patience);
  const auto ready = co_await stream_->idle(deadline);
  if (!ready) {
    if (ready.error().remedy != Remedy::kClosePeer) bye("nothing was said for too long");
    co_return Flow::kEnd;
  }
  if (*ready == net::Ready::kStopping) {
    bye("the server stops, come back soon");
    co_return Flow::kEnd;
  }
  if (*ready == net::Ready::kWoken) co_return Flow::kGoOn;
  const auto buffer = net::Loop::current()->read_buffer();
  const auto got = co_await stream_->read_some(buffer, deadline);
  if (!got || *got == 0) co_return Flow::kEnd;
  pace_.received(*got);
  reader_.feed({buffer.data(), *got});
  co_return Flow::kGoOn;
}

Task<Session::Flow> Session::execute(imap::Command command) {
  tag_ = std::move(command.tag);
  info_ = command.info;
  co_await std::visit(
      [this]<class Body>(Body&& body) { return run_command(std::forward<Body>(body)); },
      std::move(command.body));
  if (out_.capacity() > 4 * kOutputOctets && !co_await flush()) co_return Flow::kEnd;
  co_return Flow::kGoOn;
}

void Session::reject(const imap::Rejected& rejected) {
  const auto condition =
      rejected.reply == imap::Rejected::Reply::kBad ? imap::Condition::kBad : imap::Condition::kNo;
  imap::append_status(out_, rejected.tag, condition, rejected.code, rejected.text);
}

void Session::bye(std::string_view text) {
  imap::append_status(out_, {}, imap::Condition::kBye, {}, text);
  ended_ = true;
}

void Session::ok(std::string_view text, std::string_view code) {
  imap::append_status(out_, tag_, imap::Condition::kOk, code, text);
}
Task<void> Session::done(std::string_view text, std::string code) {
  co_await sync(info_->expunges);
  ok(text, code);
}
void Session::no(std::string_view text, std::string_view code) {
  imap::append_status(out_, tag_, imap::Condition::kNo, code, text);
}
void Session::bad(std::string_view text) {
  imap::append_status(out_, tag_, imap::Condition::kBad, {}, text);
}

std::string_view Session::not_now(const Error& error) {
  return error.cause == Cause::kDiskFull
             ? "the server's disk is full: reading goes on, changes and new mail must wait"
             : "the server could not do it now, try again";
}

void Session::failed(const Error& error) {
  if (error.remedy != Remedy::kRetryLater) return no(error.text);
  event::error("imap.store", {{key::kClient, client_}, {key::kError, error.text}});
  no(not_now(error), "UNAVAILABLE");
}

std::optional<std::string> Session::mailbox_name(std::string_view wire) {
  auto name = imap::mailbox_name_from_wire(wire, state_.name_encoding());
  if (name) return *std::move(name);
  no(name.error().text, "CANNOT");
  return std::nullopt;
}

Task<std::optional<mailbox::Info>> Session::find_mailbox(std::string wire, std::string_view code) {
  const auto name = mailbox_name(wire);
  if (!name) co_return std::nullopt;
  auto info = co_await account_->find(*name);
  if (!info) {
    failed(info.error());
    co_return std::nullopt;
  }
  if (!info->has_value() || !(*info)->selectable) {
    no("there is no mailbox of that name", code);
    co_return std::nullopt;
  }
  co_return *std::move(info);
}

Task<void> serve(const Options* options, const Ports* ports, net::StreamPtr stream) {
  Session session(*options, *ports, std::move(stream));
  co_await session.run();
}

}  // namespace hikyaku::imap_server
