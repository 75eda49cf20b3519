// SPDX-License-Identifier: Apache-2.0
// Properties: whatever a server says, in any pieces, the client comes to the same results, every
// recipient gets one, and nobody counts as delivered without a 2yz after the final dot.
// The input is what the server says, each time it is its turn: up to the next NUL.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "protocol/smtp/client_session.h"

namespace {

using namespace hikyaku::smtp;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

struct Play {
  std::string output;
  std::string results;
  std::string transcript;
};

class Player {
 public:
  Player(std::uint8_t choice, std::string_view input, std::size_t chunk)
      : input_(input), chunk_(chunk), session_(config(choice)) {}

  Play play() {
    while (!done_) {
      std::visit([this](const auto& action) { on(action); }, session_.next());
      require(++steps_ < 100000, "the session ends");
    }
    play_.transcript = session_.transcript();
    return std::move(play_);
  }

 private:
  static ClientConfig config(std::uint8_t choice) {
    ClientConfig config;
    config.host = "us.example";
    config.protocol = (choice & 1) != 0 ? ClientProtocol::kLmtp : ClientProtocol::kSmtp;
    config.starttls = static_cast<StartTlsUse>(choice / 2 % 3);
    if ((choice & 8) != 0) config.login = ClientLogin{"me", "secret"};
    config.tls_active = (choice & 16) != 0;
    config.chunking = (choice & 32) == 0;
    config.pipeline_octets_max = 100;
    return config;
  }

  void on(const ClientNeedInput&) {
    play_.output += session_.take_output();
    if (turn_.empty()) {
      if (input_.empty()) {
        session_.connection_lost("the end");
        return;
      }
      const std::size_t end = std::min(input_.find('\0'), input_.size());
      turn_ = input_.substr(0, end);
      input_.remove_prefix(std::min(end + 1, input_.size()));
      if (turn_.empty()) return;
    }
    const std::string_view piece = turn_.substr(0, chunk_);
    turn_.remove_prefix(piece.size());
    session_.feed(piece);
  }
  void on(const ClientFlush&) { play_.output += session_.take_output(); }
  void on(const ClientStartTls&) {
    turn_ = {};
    session_.tls_started();
  }
  void on(const ClientReady&) {
    if (messages_++ == 3) {
      session_.quit();
      return;
    }
    ClientMessage message;
    message.reverse_path = Address{"a", "x.example"};
    for (const char* local : {"a", "b", "c"}) message.recipients.push_back({local, "y.example"});
    message.size = 12;
    session_.begin(message);
  }
  void on(const ClientNeedBody&) {
    session_.body("hello\r\n.\r\n");
    session_.body_end();
  }
  void on(const ClientMessageDone&) {
    require(session_.results().size() == 3, "a result each");
    for (const RecipientResult& r : session_.results()) {
      require(r.outcome != Outcome::kPending, "no recipient is left open");
      if (r.outcome == Outcome::kDelivered) {
        require(r.stage == Stage::kEndOfData && r.reply.code / 100 == 2, "delivered by a 2yz");
      }
      play_.results += std::to_string(static_cast<int>(r.outcome)) + r.reply.one_line() + "\n";
    }
  }
  void on(const ClientClosed&) {
    play_.output += session_.take_output();
    done_ = true;
  }

  std::string_view input_;
  std::string_view turn_;
  std::size_t chunk_;
  ClientSession session_;
  Play play_;
  int messages_ = 0;
  int steps_ = 0;
  bool done_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data + 2), size - 2);
  const Play whole = Player(data[0], input, 1 << 20).play();
  const Play cut = Player(data[0], input, data[1] % 32 + 1U).play();
  require(whole.output.find("secret") == std::string::npos, "no password in the clear");
  require(whole.transcript.find("\nC: AUTH PLAIN AG") == std::string::npos,
          "no password in the transcript");
  // Two replies in one turn where one is asked for: what is left over is seen sooner in one piece.
  // A well-behaved server's dialogue is the same; that is what the unit tests cut.
  if (whole.output == cut.output) require(whole.results == cut.results, "same results");
  return 0;
}
