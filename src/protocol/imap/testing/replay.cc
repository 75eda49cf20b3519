// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/testing/replay.h"

#include "protocol/imap/flags.h"

namespace hikyaku::imap {
namespace {

using Refuse = ReplayScript::Refuse;

class Replay {
 public:
  explicit Replay(const ReplayScript& script) : script_(script), reader_(script.limits) {
    reader_.set_state(script.state);
  }

  void feed(std::string_view piece) {
    reader_.feed(piece);
    while (open_) {
      const Reaction reaction = reader_.next();
      if (std::holds_alternative<NeedInput>(reaction)) return;
      if (!std::holds_alternative<AppendData>(reaction)) close_data();
      std::visit([this](const auto& what) { on(what); }, reaction);
    }
  }
  std::string finish() {
    close_data();
    return std::move(log_);
  }

 private:
  void close_data() {
    if (in_data_) log_ += ">\n";
    in_data_ = false;
  }
  void refuse_at(Refuse when) {
    if (script_.refuse == when) reader_.refuse_append(Rejected::Reply::kNo, "TRYCREATE", "refused");
  }

  void on(const NeedInput& /*need*/) {}
  void on(const SendContinuation& /*send*/) { log_ += "+\n"; }
  void on(const Received& received) {
    log_ += received.command.tag + " " + std::string(received.command.info->name);
    if (const auto* login = std::get_if<Login>(&received.command.body)) {
      log_ += " " + login->user + "/" + std::string(login->password.reveal());
    }
    log_ += '\n';
  }
  void on(const Rejected& rejected) {
    log_ += rejected.tag.empty() ? "*" : rejected.tag;
    log_ += rejected.reply == Rejected::Reply::kBad ? " BAD " : " NO ";
    if (!rejected.code.empty()) log_ += "[" + std::string(rejected.code) + "] ";
    log_ += rejected.text + "\n";
  }
  void on(const AppendBegin& begin) {
    log_ += std::string(begin.tag) + " APPEND " + std::string(begin.mailbox) + " #" +
            std::to_string(begin.index) + " ";
    append_flag_list(log_, begin.message.flags);
    if (begin.message.date) log_ += " @" + std::to_string(begin.message.date->unix_s);
    log_ += " " + std::to_string(begin.message.octets);
    if (begin.message.form == AppendMessage::Form::kLiteral8) log_ += " literal8";
    if (begin.message.form == AppendMessage::Form::kUtf8) log_ += " utf8";
    log_ += '\n';
    if (script_.refuse == Refuse::kAsked) {
      refuse_at(Refuse::kAsked);
    } else {
      reader_.accept_append();
      refuse_at(Refuse::kAccepted);
    }
  }
  void on(const AppendData& data) {
    if (!in_data_) log_ += '<';
    in_data_ = true;
    log_ += data.octets;
    refuse_at(Refuse::kData);
  }
  void on(const AppendMessageEnd& /*end*/) { refuse_at(Refuse::kEnd); }
  void on(const AppendEnd& end) { log_ += end.tag + " END " + end.mailbox + "\n"; }
  void on(const Line& line) { log_ += "LINE " + std::string(line.text) + "\n"; }
  void on(const HangUp& hang_up) {
    log_ += "BYE " + hang_up.text + "\n";
    open_ = false;
  }

  ReplayScript script_;
  ServerReader reader_;
  std::string log_;
  bool in_data_ = false;
  bool open_ = true;
};

}  // namespace

std::string replay(const ReplayScript& script, const std::vector<std::string_view>& pieces) {
  Replay run(script);
  for (const std::string_view piece : pieces) run.feed(piece);
  return run.finish();
}

}  // namespace hikyaku::imap
