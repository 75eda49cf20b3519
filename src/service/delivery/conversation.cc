// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/conversation.h"

#include <algorithm>
#include <utility>

namespace hikyaku::delivery {
namespace {

constexpr std::uint64_t kPieceOctets = 128 * 1024;

smtp::ClientConfig client_config(const Options& options, smtp::StartTlsUse tls) {
  smtp::ClientConfig out;
  out.host = options.hello_name.empty() ? options.host : options.hello_name;
  out.starttls = tls;
  return out;
}

}  // namespace

Conversation::Conversation(const Options& options, const Ports& ports, const queue::Item& item,
                           net::StreamPtr stream, std::string host, smtp::StartTlsUse tls)
    : ports_(ports),
      item_(item),
      stream_(std::move(stream)),
      host_(std::move(host)),
      session_(client_config(options, tls)) {}

Task<Talk> Conversation::run() {
  while (co_await act(session_.next()) == Flow::kGoOn) {
  }
  stream_->close();
  if (talk_.results.empty() && !talk_.failure) talk_.failure = session_.failure();
  if (talk_.results.empty() && !talk_.failure)
    talk_.failure =
        smtp::ClientFailure{smtp::Stage::kConnect, smtp::Outcome::kTransient,
                            smtp::Reply{0, {4, 4, 2}, "the connection ended without a result"}};
  co_return std::move(talk_);
}

Task<Conversation::Flow> Conversation::act(smtp::ClientAction action) {
  if (std::holds_alternative<smtp::ClientNeedInput>(action)) {
    co_await exchange();
  } else if (std::holds_alternative<smtp::ClientFlush>(action)) {
    co_await flush();
  } else if (std::holds_alternative<smtp::ClientStartTls>(action)) {
    co_await start_tls();
  } else if (std::holds_alternative<smtp::ClientReady>(action)) {
    if (begun_) {
      session_.quit();
    } else {
      begin();
    }
  } else if (std::holds_alternative<smtp::ClientNeedBody>(action)) {
    co_await send_body();
  } else if (std::holds_alternative<smtp::ClientMessageDone>(action)) {
    talk_.results = session_.results();
    talk_.reports = session_.remote().dsn;
  } else {
    co_await flush();
    co_return Flow::kEnd;
  }
  co_return Flow::kGoOn;
}

void Conversation::begin() {
  begun_ = true;
  smtp::ClientMessage message;
  if (!item_.sender.empty())
    if (auto sender = smtp::parse_address(item_.sender, smtp::Utf8::kAllow))
      message.reverse_path = *std::move(sender);
  for (const auto& recipient : item_.recipients) {
    if (recipient.state != queue::State::kWaiting) continue;
    auto address = smtp::parse_address(recipient.address, smtp::Utf8::kAllow);
    message.recipients.push_back(address ? *std::move(address)
                                         : smtp::Address{recipient.address, item_.destination});
    message.params.push_back({smtp::Notify(recipient.notify), recipient.original});
  }
  message.size = item_.size;
  message.ret = static_cast<smtp::Ret>(item_.ret);
  message.envelope_id = item_.envelope_id;
  message.body = item_.eight_bit ? smtp::Body::k8BitMime : smtp::Body::k7Bit;
  session_.begin(std::move(message));
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
    talk_.tls_failed = true;
    session_.tls_failed(done.error().text);
    co_return;
  }
  if (const auto info = stream_->tls()) talk_.tls = info->version + " " + info->cipher;
  session_.tls_started();
}

Task<void> Conversation::send_body() {
  auto offset = item_.skip_octets;
  const auto end = item_.skip_octets + item_.size;
  while (offset < end) {
    const auto piece =
        co_await ports_.store.read_body(item_.body, offset, std::min(kPieceOctets, end - offset));
    if (!piece || piece->empty()) {
      session_.body_failed(piece ? "the message is shorter than its record says"
                                 : piece.error().text);
      co_return;
    }
    offset += piece->size();
    session_.body(*piece);
    if (!co_await flush()) co_return;
  }
  session_.body_end();
}

}  // namespace hikyaku::delivery
