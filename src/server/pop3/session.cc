// SPDX-License-Identifier: Apache-2.0
#include "server/pop3/session.h"

#include <utility>

#include "base/event.h"
#include "base/event_keys.h"
#include "port/net/loop.h"

namespace hikyaku::pop3_server {
namespace {

namespace key = event::key;

pop3::ServerSession::Settings settings(const Options& options, const Ports& ports,
                                       const net::Stream& stream) {
  pop3::ServerSession::Settings out;
  const bool implicit = options.tls_start == TlsStart::kImplicit;
  const bool trusted = implicit || net::in_any(options.plaintext_networks, stream.peer());
  out.channel = trusted ? pop3::ChannelSecurity::kEncrypted : pop3::ChannelSecurity::kPlain;
  out.can_start_tls = !implicit && ports.tls != nullptr;
  return out;
}

}  // namespace

Session::Session(const Options& options, const Ports& ports, net::StreamPtr stream)
    : options_(options),
      ports_(ports),
      stream_(std::move(stream)),
      pop3_(settings(options, ports, *stream_)),
      client_(stream_->peer().text()) {}

Task<void> Session::run() {
  event::debug("pop3.connected", {{key::kClient, client_}, {key::kListener, options_.listener}});
  if (options_.tls_start == TlsStart::kImplicit) {
    const auto done =
        co_await stream_->accept_tls(*ports_.tls, net::after(options_.handshake_patience));
    if (!done) {
      event::info("pop3.tls_failed", {{key::kClient, client_}, {key::kError, done.error().text}});
      co_return;
    }
  }
  offer_mechanisms();
  while (co_await react(pop3_.next()) == Flow::kGoOn) {
  }
  stream_->close();
}

Task<Session::Flow> Session::react(pop3::Reaction reaction) {
  if (std::holds_alternative<pop3::NeedInput>(reaction)) {
    co_return co_await need_input();
  } else if (std::holds_alternative<pop3::Flush>(reaction)) {
    co_return co_await flush();
  } else if (auto* login_request = std::get_if<pop3::NeedLogin>(&reaction)) {
    co_await login(std::move(login_request->user), std::move(login_request->password), "USER");
  } else if (auto* auth = std::get_if<pop3::NeedAuth>(&reaction)) {
    login_.emplace(ports_.directory, options_.login, login::channel_of(*stream_, trust()),
                   ports_.clock.now());
    std::optional<std::string_view> initial;
    if (auth->initial) initial = auth->initial->reveal();
    co_await settle(co_await login_->begin(auth->mechanism, initial));
  } else if (auto* line = std::get_if<pop3::AuthLine>(&reaction)) {
    HK_ASSERT(login_.has_value());
    co_await settle(co_await login_->line(line->text));
  } else if (std::holds_alternative<pop3::NeedTls>(reaction)) {
    co_return co_await start_tls();
  } else if (auto* message = std::get_if<pop3::NeedMessage>(&reaction)) {
    co_return co_await send_message(*message);
  } else if (auto* commit_request = std::get_if<pop3::NeedCommit>(&reaction)) {
    co_await commit(std::move(commit_request->uids));
  } else {
    lock_.reset();  // who has read the reply to QUIT may come back at once
    co_await flush();
    co_return Flow::kEnd;
  }
  co_return Flow::kGoOn;
}

login::Trust Session::trust() const {
  return net::in_any(options_.plaintext_networks, stream_->peer()) ? login::Trust::kNetwork
                                                                   : login::Trust::kNone;
}

void Session::offer_mechanisms() {
  pop3_.offer(sasl::offered(login::channel_of(*stream_, trust()), options_.login.allowed));
}

Task<Session::Flow> Session::flush() {
  const auto output = std::exchange(pop3_.output(), {});
  if (output.empty()) co_return Flow::kGoOn;
  const auto written = co_await stream_->write(output, options_.write_patience);
  pace_.answered(std::chrono::steady_clock::now());
  co_return written ? Flow::kGoOn : Flow::kEnd;
}

Task<Session::Flow> Session::need_input() {
  if (co_await flush() == Flow::kEnd) co_return Flow::kEnd;
  if (failed_logins_ >= options_.logins_max) co_return Flow::kEnd;
  const auto deadline = pace_.deadline(std::chrono::steady_clock::now(), options_.idle_patience);
  const auto ready = co_await stream_->idle(deadline);
  // A POP3 session that ends without QUIT deletes nothing (RFC 1939 §6), so it may end at any time.
  if (!ready || *ready == net::Ready::kStopping) co_return Flow::kEnd;
  const auto buffer = net::Loop::current()->read_buffer();
  const auto got = co_await stream_->read_some(buffer, deadline);
  if (!got || *got == 0) co_return Flow::kEnd;
  pace_.received(*got);
  pop3_.feed({buffer.data(), *got});
  co_return Flow::kGoOn;
}

Task<Session::Flow> Session::start_tls() {
  if (co_await flush() == Flow::kEnd) co_return Flow::kEnd;
  const auto done =
      co_await stream_->accept_tls(*ports_.tls, net::after(options_.handshake_patience));
  if (!done) {
    event::info("pop3.tls_failed", {{key::kClient, client_}, {key::kError, done.error().text}});
    co_return Flow::kEnd;
  }
  pace_.answered(std::chrono::steady_clock::now());
  pop3_.tls_started();
  offer_mechanisms();
  co_return Flow::kGoOn;
}

Task<void> serve(const Options* options, const Ports* ports, net::StreamPtr stream) {
  Session session(*options, *ports, std::move(stream));
  co_await session.run();
}

}  // namespace hikyaku::pop3_server
