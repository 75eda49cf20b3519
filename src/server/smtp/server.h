// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "port/crypto/tls.h"
#include "port/dns/resolver.h"
#include "port/net/address.h"
#include "port/net/network.h"
#include "port/net/stream.h"
#include "protocol/smtp/server_config.h"
#include "record/directory/directory.h"
#include "service/intake/intake.h"
#include "service/login/login.h"

namespace hikyaku::smtp_server {

enum class TlsStart : unsigned char { kStartTls, kImplicit };

/// What a listener of SMTP, submission or LMTP serves.
struct Options {
  smtp::ServerConfig protocol;
  TlsStart tls_start = TlsStart::kStartTls;
  login::Options login;
  std::string listener;    ///< "0.0.0.0:25", for the trail
  std::string postmaster;  ///< takes mail for "postmaster" where nobody has that address
  std::vector<net::Network> relay_networks;  ///< may relay without login
  std::size_t targets_max = 500;             ///< per transaction: what one commit takes
  Duration write_patience = std::chrono::minutes(5);
  Duration handshake_patience = std::chrono::seconds(30);
  Duration lookup_patience = std::chrono::seconds(3);  ///< for the client's name
};

/// What the sessions use.
struct Ports {
  intake::Intake& intake;
  directory::Directory& directory;
  dns::Resolver* resolver = nullptr;       ///< null: clients have no names
  const crypto::TlsServer* tls = nullptr;  ///< null: no TLS
  const Clock& clock;
};

/// Serves one connection to its end: the coroutine shell around smtp::ServerSession.
///
/// `options` and `ports` outlive it. It runs on the loop that owns the stream.
Task<void> serve(const Options* options, const Ports* ports, net::StreamPtr stream);

}  // namespace hikyaku::smtp_server
