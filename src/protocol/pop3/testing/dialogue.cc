// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/testing/dialogue.h"

#include <algorithm>

#include "protocol/pop3/message_writer.h"

namespace hikyaku::pop3 {
namespace {

class Dialogue {
 public:
  explicit Dialogue(const DialogueScript& script) : script_(script), session_(script.settings) {}

  void feed(std::string_view piece) {
    if (result_.closed) return;
    session_.feed(piece);
    while (true) {
      const Reaction reaction = session_.next();
      send();
      if (std::holds_alternative<NeedInput>(reaction)) return;
      std::visit([this](const auto& what) { on(what); }, reaction);
      send();
      if (result_.closed) return;
    }
  }
  DialogueResult finish() { return std::move(result_); }

 private:
  void send() {
    std::string& output = session_.output();
    result_.output_octets_max = std::max(result_.output_octets_max, output.size());
    result_.sent += output;
    output.clear();
  }
  void login(std::string_view user, std::string_view password) {
    if (script_.login_failure) return session_.login_failed(*script_.login_failure, "not now");
    if (user != "mrose" || password != "secret") {
      return session_.login_failed(LoginFailure::kWrong, "wrong user name or password");
    }
    Drop drop;
    drop.unique_id_prefix = "7.";
    for (const std::string& message : script_.messages) {
      drop.messages.push_back({static_cast<std::uint32_t>(drop.messages.size() + 1),
                               static_cast<std::uint32_t>(message.size())});
    }
    session_.login_ok(std::move(drop));
  }

  void on(const NeedInput& /*need*/) {}
  void on(const Flush& /*flush*/) {}
  void on(const NeedLogin& need) { login(need.user, need.password.reveal()); }
  void on(const NeedAuth& need) {
    if (need.initial) {
      login("mrose", need.initial->reveal());
    } else {
      session_.challenge("");
    }
  }
  void on(const AuthLine& line) { login("mrose", line.text); }
  void on(const NeedTls& /*need*/) { session_.tls_started(); }
  void on(const NeedMessage& need) {
    if (script_.messages_fail) return session_.message_failed("the store does not answer");
    session_.message_ok();
    send();
    MessageWriter writer(need.body_lines);
    std::string out;
    writer.write(script_.messages[need.number - 1], out);
    writer.finish(out);
    result_.sent += out;
  }
  void on(const NeedCommit& need) {
    if (script_.commit == ServerSession::Committed::kAll) result_.deleted = need.uids;
    session_.committed(script_.commit);
  }
  void on(const Close& /*close*/) { result_.closed = true; }

  DialogueScript script_;
  ServerSession session_;
  DialogueResult result_;
};

}  // namespace

DialogueResult dialogue(const DialogueScript& script, const std::vector<std::string_view>& pieces) {
  Dialogue run(script);
  run.feed("");
  for (const std::string_view piece : pieces) run.feed(piece);
  return run.finish();
}

}  // namespace hikyaku::pop3
