// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/testing/client_driver.h"

#include <fmt/format.h>

namespace hikyaku::smtp {
namespace {

class Driver {
 public:
  Driver(ClientConfig config, std::vector<ClientMessage> messages, FakeServer server,
         const ClientDrive& drive)
      : session_(std::move(config)),
        messages_(std::move(messages)),
        server_(std::move(server)),
        drive_(drive),
        to_client_(server_.greeting) {}

  ClientRun run() {
    while (!done_) {
      std::visit([this](const auto& action) { on(action); }, session_.next());
    }
    run_.failure = session_.failure();
    run_.chunking_refused = session_.chunking_refused();
    run_.transcript = session_.transcript();
    return std::move(run_);
  }

 private:
  void write() {
    const std::string out = session_.take_output();
    if (out.empty()) return;
    std::string shown = out;
    for (std::size_t at = 0; (at = shown.find("\r\n", at)) != std::string::npos;) {
      shown.replace(at, 2, "|");
    }
    run_.writes.push_back(shown);
    to_server_ += out;
    serve();
  }

  void serve() {
    for (;;) {
      if (chunk_left_ > 0) {  // RFC 3030: octets that are counted
        const auto n = std::min(chunk_left_, to_server_.size());
        run_.data += to_server_.substr(0, n);
        to_server_.erase(0, n);
        chunk_left_ -= n;
        if (chunk_left_ > 0) return;
        say(answer("BDAT"));
      }
      const std::string_view end_mark = in_data_ ? "\r\n.\r\n" : "\r\n";
      const std::string look = in_data_ ? "\r\n" + to_server_ : to_server_;
      const std::size_t end = look.find(end_mark);
      if (end == std::string::npos) return;
      const std::string line = look.substr(0, end);
      to_server_ = look.substr(end + end_mark.size());
      if (in_data_) run_.data = line.size() > 2 ? line.substr(2) + "\r\n" : "";
      if (!in_data_ && line.starts_with("BDAT ")) {
        if (std::exchange(last_chunk_, line.ends_with(" LAST"))) run_.data.clear();
        chunk_left_ = std::stoul(line.substr(5));
        if (chunk_left_ == 0) say(answer("BDAT"));
        continue;
      }
      const std::string reply = answer(in_data_ ? "." : line);
      in_data_ = !in_data_ && reply.starts_with("354");
      say(reply);
    }
  }

  void say(const std::string& reply) {
    if (reply == "\x04") {
      lost_ = true;
    } else {
      to_client_ += reply;
    }
  }

  std::string answer(const std::string& line) {
    for (auto& [prefix, replies] : server_.rules) {
      if (!line.starts_with(prefix)) continue;
      const std::string reply = replies.front();
      if (replies.size() > 1) replies.erase(replies.begin());
      return reply;
    }
    if (line.starts_with("DATA")) return "354 go\r\n";
    if (line.starts_with("QUIT")) return "221 bye\r\n";
    return "250 ok\r\n";
  }

  void on(const ClientNeedInput&) {
    write();
    if (!to_client_.empty()) {
      const std::string piece = to_client_.substr(0, drive_.chunk);
      to_client_.erase(0, piece.size());
      session_.feed(piece);
    } else if (lost_) {
      session_.connection_lost("connection reset by peer");
    } else {
      session_.timed_out();
    }
  }
  void on(const ClientFlush&) { write(); }
  void on(const ClientStartTls&) {
    run_.started_tls = true;
    session_.tls_started();
  }
  void on(const ClientReady&) {
    sent_ = 0;
    if (messages_.empty()) {
      session_.quit();
      return;
    }
    session_.begin(messages_.front());
    messages_.erase(messages_.begin());
  }
  void on(const ClientNeedBody&) {
    const auto piece = std::string_view(drive_.body).substr(sent_, drive_.body_chunk);
    sent_ += piece.size();
    if (sent_ < drive_.body.size()) {
      session_.body(piece);
      return;
    }
    session_.body_last(piece);
    sent_ = 0;
  }
  void on(const ClientMessageDone&) {
    run_.results.push_back(session_.results());
    for (const RecipientResult& r : session_.results()) {
      static constexpr const char* kOutcomes[] = {"pending", "delivered", "transient", "permanent"};
      run_.summary +=
          fmt::format("{} {} at {}: {}\n", r.address.text(), kOutcomes[static_cast<int>(r.outcome)],
                      name(r.stage), r.reply.one_line());
    }
  }
  void on(const ClientClosed&) {
    write();
    done_ = true;
  }

  ClientSession session_;
  std::vector<ClientMessage> messages_;
  FakeServer server_;
  ClientDrive drive_;
  ClientRun run_;
  std::string to_client_;
  std::string to_server_;
  std::size_t sent_ = 0;        // of the message
  std::size_t chunk_left_ = 0;  // octets of BDAT that the server waits for
  bool last_chunk_ = false;
  bool in_data_ = false;
  bool lost_ = false;
  bool done_ = false;
};

}  // namespace

ClientRun drive_client(ClientConfig config, std::vector<ClientMessage> messages, FakeServer server,
                       const ClientDrive& drive) {
  return Driver(std::move(config), std::move(messages), std::move(server), drive).run();
}

}  // namespace hikyaku::smtp
