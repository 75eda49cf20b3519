// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/conversation.h"

#include <algorithm>
#include <utility>

namespace hikyaku::delivery {
namespace {

constexpr std::uint64_t kPieceOctets = 128 * 1024;

smtp::ClientConfig client_config(const Options& options, smtp::StartTlsUse tls, bool chunking) {
  smtp::ClientConfig out;
  out.host = options.hello_name.empty() ? options.host : options.hello_name;
  out.starttls = tls;
  out.chunking = chunking;
  return out;
}

smtp::ClientMessage message_of(const queue::Item& item) {
  smtp::ClientMessage message;
  if (!item.sender.empty())
    if (auto sender = smtp::parse_address(item.sender, smtp::Utf8::kAllow))
      message.reverse_path = *std::move(sender);
  for (const auto& recipient : item.recipients) {
    if (recipient.state != queue::State::kWaiting) continue;
    auto address = smtp::parse_address(recipient.address, smtp::Utf8::kAllow);
    message.recipients.push_back(address ? *std::move(address)
                                         : smtp::Address{recipient.address, item.destination});
    message.params.push_back({smtp::Notify(recipient.notify), recipient.original});
  }
  message.size = item.size;
  message.ret = static_cast<smtp::Ret>(item.ret);
  message.envelope_id = item.envelope_id;
  message.smtputf8 = item.smtputf8;
  message.body = item.eight_bit ? smtp::Body::k8BitMime : smtp::Body::k7Bit;
  return message;
}

}  // namespace

Conversation::Conversation(const Options& options, const Ports& ports, net::StreamPtr stream,
                           std::string host, smtp::StartTlsUse tls, bool chunking)
    : ports_(ports),
      stream_(std::move(stream)),
      host_(std::move(host)),
      session_(client_config(options, tls, chunking)) {}

Task<std::optional<smtp::ClientFailure>> Conversation::open() {
  co_await go_on();
  if (ready_) co_return std::nullopt;
  co_return session_.failure().value_or(
      smtp::ClientFailure{smtp::Stage::kConnect, smtp::Outcome::kTransient,
                          smtp::Reply{0, {4, 4, 2}, "the connection ended without a result"}});
}

Task<Talk> Conversation::send(const queue::Item* item) {
  ++messages_;
  item_ = item;
  sent_ = 0;
  talk_ = {};
  session_.clear_transcript();
  session_.begin(message_of(*item));
  co_await go_on();
  item_ = nullptr;
  talk_.failure = session_.failure();
  talk_.final_sent = session_.final_sent();
  co_return std::move(talk_);
}

Task<void> Conversation::quit() {
  if (ready_) {
    session_.quit();
    co_await go_on();
  }
  stream_->close();
}

/// Until the session is ready for a message, or closed.
Task<void> Conversation::go_on() {
  ready_ = false;
  while (!ready_ && !closed_) co_await act(session_.next());
  if (closed_) stream_->close();
}

Task<void> Conversation::act(smtp::ClientAction action) {
  if (std::holds_alternative<smtp::ClientNeedInput>(action)) {
    co_await exchange();
  } else if (std::holds_alternative<smtp::ClientFlush>(action)) {
    co_await flush();
  } else if (std::holds_alternative<smtp::ClientStartTls>(action)) {
    co_await start_tls();
  } else if (std::holds_alternative<smtp::ClientReady>(action)) {
    ready_ = true;
  } else if (std::holds_alternative<smtp::ClientNeedBody>(action)) {
    co_await send_piece();
  } else if (std::holds_alternative<smtp::ClientMessageDone>(action)) {
    talk_.results = session_.results();
  } else {
    co_await flush();
    closed_ = true;
  }
}

Task<bool> Conversation::flush() {
  const auto output = session_.take_output();
  if (output.empty()) co_return true;
  const auto written = co_await stream_->write(output, session_.timeout());
  if (!written) session_.connection_lost(written.error().text);
  co_return written.has_value();
}

Task<void> Conversation::exchange() {
  if (!co_await flush()) co_return;
  const auto deadline = net::after(session_.timeout());
  const auto ready = co_await stream_->readable(deadline);
  if (!ready) {
    if (std::chrono::steady_clock::now() >= deadline) {
      session_.timed_out();
    } else {
      session_.connection_lost(ready.error().text);
    }
    co_return;
  }
  const auto buffer = net::Loop::current()->read_buffer();
  const auto got = co_await stream_->read_some(buffer, deadline);
  if (!got) {
    session_.connection_lost(got.error().text);
  } else if (*got == 0) {
    session_.connection_lost("the server closed the connection");
  } else {
    session_.feed({buffer.data(), *got});
  }
}

Task<void> Conversation::start_tls() {
  if (!co_await flush()) co_return;
  const auto done =
      co_await stream_->connect_tls(ports_.tls, host_, net::after(session_.timeout()));
  if (!done) {
    tls_failed_ = true;
    session_.tls_failed(done.error().text);
    co_return;
  }
  if (const auto info = stream_->tls()) tls_ = info->version + " " + info->cipher;
  session_.tls_started();
}

Task<void> Conversation::send_piece() {
  const auto left = item_->size - sent_;
  const auto wanted = std::min(kPieceOctets, left);
  if (wanted == 0) {
    session_.body_end();
    co_return;
  }
  const auto piece =
      co_await ports_.store.read_body(item_->body, item_->skip_octets + sent_, wanted);
  if (!piece || piece->empty()) {
    session_.body_failed(piece ? "the message is shorter than its record says"
                               : piece.error().text);
    co_return;
  }
  sent_ += piece->size();
  // The end goes with the last octets, in one packet where they fit.
  if (piece->size() < left) {
    session_.body(*piece);
  } else {
    session_.body_last(*piece);
  }
  co_await flush();
}

}  // namespace hikyaku::delivery
