// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/site.h"
#include "config/config.h"
#include "port/net/listener.h"
#include "port/net/loop.h"
#include "server/imap/server.h"
#include "server/pop3/server.h"
#include "server/smtp/server.h"

namespace hikyaku::app {

/// A bound listener with what its sessions need; kept until the last of them has ended.
struct BoundListener {
  config::Listener config;
  std::unique_ptr<net::Listener> socket;
  // One of these, by protocol.
  std::unique_ptr<smtp_server::Options> smtp;
  std::unique_ptr<imap_server::Options> imap;
  std::unique_ptr<pop3_server::Options> pop3;
};

/// Binds every listener, with the rights of the start.
Result<std::vector<BoundListener>> bind_listeners(const config::Config& config, std::size_t loops);

/// What the sessions of each protocol use.
struct ServerPorts {
  smtp_server::Ports smtp;
  imap_server::Ports imap;
  pop3_server::Ports pop3;
};

struct Scopes {
  TaskScope accepting;  ///< stopped first: no new connections, idle ones say good-bye
  TaskScope sessions;   ///< stopped when their time is over
};

/// Fills in the options and begins to accept.
Status start_listeners(std::vector<BoundListener>& listeners, const config::Config& config,
                       const ServerPorts& ports, net::LoopPool& loops, Scopes& scopes,
                       net::ConnectionLimit& limit);

}  // namespace hikyaku::app
