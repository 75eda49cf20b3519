// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "port/net/pace.h"
#include "protocol/pop3/server_session.h"
#include "server/pop3/server.h"

namespace hikyaku::pop3_server {

/// One connection. Files: session.cc reads and writes; login.cc; message.cc sends and deletes.
class Session {
 public:
  Session(const Options& options, const Ports& ports, net::StreamPtr stream);
  Task<void> run();

 private:
  enum class Flow : unsigned char { kGoOn, kEnd };

  Task<Flow> react(pop3::Reaction reaction);
  Task<Flow> need_input();
  Task<Flow> flush();
  Task<Flow> start_tls();

  // login.cc
  Task<void> login(std::string user, Secret password, std::string_view mechanism);
  Task<void> open_maildrop(directory::Account account, std::string_view mechanism);
  /// Says how a login went, or goes on with it.
  Task<void> settle(login::Outcome outcome);
  [[nodiscard]] login::Trust trust() const;
  void offer_mechanisms();

  // message.cc
  Task<Flow> send_message(pop3::NeedMessage request);
  Task<void> commit(std::vector<std::uint32_t> uids);

  const Options& options_;
  const Ports& ports_;
  net::StreamPtr stream_;
  net::Pace pace_;
  pop3::ServerSession pop3_;
  std::string client_;
  std::size_t failed_logins_ = 0;
  std::optional<login::Login> login_;
  std::optional<MaildropLocks::Lock> lock_;
  mailbox::AccountPtr account_;
  mailbox::View inbox_;
};

}  // namespace hikyaku::pop3_server
