// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "port/net/pace.h"
#include "protocol/smtp/server_session.h"
#include "server/smtp/server.h"

namespace hikyaku::smtp_server {

/// One connection: what is known of the client, and the transaction that is open.
///
/// Files: session.cc reads, writes and hands each question to its answer; decide.cc who may send
/// what to whom; message.cc takes the message in; login.cc AUTH.
class Session {
 public:
  Session(const Options& options, const Ports& ports, net::StreamPtr stream);
  Task<void> run();

 private:
  enum class Flow : unsigned char { kGoOn, kEnd };

  Task<Flow> react(smtp::Reaction reaction);
  Task<Flow> need_input();
  Task<Flow> flush();
  Task<Flow> start_tls();
  void note_tls();

  // decide.cc
  Task<void> decide_mail(smtp::NeedMail question);
  Task<void> decide_rcpt(smtp::NeedRcpt question);
  Task<void> accept_lookup(smtp::Recipient recipient, directory::Targets targets);
  [[nodiscard]] bool may_relay() const;
  Task<void> find_client_name();

  // message.cc
  Task<void> begin_data(smtp::DataBegin question);
  Task<void> take_data(std::string_view octets);
  Task<void> end_data(smtp::DataEnd question);
  void forget_transaction();

  // login.cc
  Task<void> begin_login(smtp::NeedAuth question);
  Task<void> continue_login(std::string_view octets);
  void answer_login(login::Outcome outcome);

  const Options& options_;
  const Ports& ports_;
  net::StreamPtr stream_;
  net::Pace pace_;
  smtp::ServerSession smtp_;
  intake::Origin origin_;
  bool name_looked_up_ = false;
  std::optional<login::Login> login_;

  std::vector<intake::Recipient> recipients_;
  std::size_t targets_ = 0;
  std::vector<trail::Event> decisions_;
  std::optional<intake::Incoming> incoming_;
  bool data_refused_ = false;
};

/// The reply for an error of ours or of the services: a reason id at the end of its text gives the
/// code, else 451 for what passes and 554 for what doesn't.
[[nodiscard]] smtp::Reply reply_for(const Error& error);

}  // namespace hikyaku::smtp_server
