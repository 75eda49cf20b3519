// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/testing/server_driver.h"

#include <fmt/format.h>

#include "protocol/smtp/reason.h"

namespace hikyaku::smtp {
namespace {

class Driver {
 public:
  Driver(const ServerConfig& config, ServerDrive drive)
      : config_(config), drive_(drive), session_(config, {drive.tls}) {}

  ServerRun run(const std::vector<std::string>& segments) {
    react();  // the greeting
    for (const std::string& segment : segments) {
      tls_started_ = false;
      for (std::size_t i = 0; i < segment.size() && !run_.closed && !tls_started_;
           i += drive_.chunk) {
        // A copy that dies at once: a view kept too long is seen by the address sanitizer.
        std::string piece = segment.substr(i, drive_.chunk);
        session_.feed(piece);
        react(&piece);
      }
    }
    return std::move(run_);
  }

 private:
  void log(std::string line) { run_.log += line + "\n"; }

  void react(std::string* piece = nullptr) {
    for (;;) {
      const Reaction reaction = session_.next();
      if (drive_.keep_input && !std::holds_alternative<DataChunk>(reaction) &&
          !std::holds_alternative<NeedInput>(reaction)) {
        session_.keep_input();
        if (piece != nullptr) piece->assign(piece->size(), '#');
      }
      if (std::holds_alternative<NeedInput>(reaction)) break;
      std::visit([this](const auto& r) { on(r); }, reaction);
      run_.output += session_.take_output();
      if (run_.closed) break;
    }
    run_.output += session_.take_output();
  }

  void on(const NeedInput&) {}
  void on(const Flush&) {}
  void on(const NeedGreeting&) { session_.accept(); }
  void on(const NeedHello& r) {
    log(fmt::format("hello {}", r.name));
    answer(r.name == "bad.example", reason::kClientRefused);
  }
  void on(const NeedMail& r) {
    log(fmt::format("mail <{}> size={} {}{}", text(r.reverse_path), r.params.size.value_or(0),
                    r.params.body == Body::k7Bit ? "7bit" : "8bit",
                    r.params.auth ? " auth=" + *r.params.auth : ""));
    answer(r.reverse_path && r.reverse_path->local == "bad", reason::kPolicy);
  }
  void on(const NeedRcpt& r) {
    log(fmt::format("rcpt <{}>", r.recipient.address.text()));
    if (r.recipient.address.local == "later") {
      session_.refuse(refusal(reason::kDeferred));
    } else {
      answer(r.recipient.address.local == "no", reason::kRcptUnknown);
    }
  }
  void on(const NeedVrfy& r) {
    log(fmt::format("vrfy {}", r.text));
    session_.accept();
  }
  void on(const NeedAuth& r) {
    log(fmt::format("auth {} {}", r.mechanism, r.initial ? escaped(*r.initial) : "-"));
    if (r.initial) {
      login(*r.initial);
    } else {
      session_.challenge("more?");
    }
  }
  void on(const AuthResponse& r) {
    log("response " + escaped(r.octets));
    login(r.octets);
  }
  void on(const AuthAborted&) { log("auth aborted"); }
  void on(const StartTls&) {
    log("starttls");
    session_.tls_started();
    tls_started_ = true;
  }
  void on(const DataBegin& r) {
    log(fmt::format("data for {}", r.transaction.recipients.size()));
    session_.accept();
    message_.clear();
  }
  void on(const DataChunk& r) { message_ += r.octets; }
  void on(const DataAborted&) {
    log("aborted");
    message_.clear();
  }
  void on(const Reset&) { log("reset"); }
  void on(const DataEnd& r) {
    log(fmt::format("message {} {}", r.octets, escaped(message_)));
    run_.messages.push_back(message_);
    if (config_.role == Role::kLmtp) {
      std::vector<Reply> replies;
      for (std::size_t i = 0; i < r.transaction.recipients.size(); ++i) {
        replies.push_back(i == 1 ? refusal(reason::kMailboxFull) : Reply{250, {2, 0, 0}, "done"});
      }
      session_.answer_each(replies);
    } else {
      session_.accept({250, {2, 0, 0}, "taken"});
    }
  }
  void on(const Close& r) {
    log(fmt::format("close {}", static_cast<int>(r.reason)));
    run_.closed = true;
  }

  void login(std::string_view octets) {
    if (octets == "ok") {
      session_.authenticated();
    } else {
      session_.refuse(refusal(reason::kAuthFailed));
    }
  }
  void answer(bool refuse, const Reason& why) {
    if (refuse) {
      session_.refuse(refusal(why));
    } else {
      session_.accept();
    }
  }

  const ServerConfig& config_;
  ServerDrive drive_;
  ServerSession session_;
  ServerRun run_;
  std::string message_;
  bool tls_started_ = false;
};

}  // namespace

ServerRun drive_server(const ServerConfig& config, const std::vector<std::string>& segments,
                       ServerDrive drive) {
  return Driver(config, drive).run(segments);
}

std::string escaped(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace hikyaku::smtp
