// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "port/crypto/tls.h"
#include "port/net/network.h"
#include "port/net/stream.h"
#include "port/store/hints.h"
#include "port/store/store.h"
#include "record/directory/directory.h"
#include "record/mailbox/mailbox.h"
#include "service/login/login.h"

namespace hikyaku::imap_server {

enum class TlsStart : unsigned char { kStartTls, kImplicit };

struct Options {
  TlsStart tls_start = TlsStart::kStartTls;
  login::Options login;
  std::string listener;                               ///< for events
  std::vector<net::Network> plaintext_networks;       ///< may log in without TLS
  Duration idle_patience = std::chrono::minutes(30);  ///< RFC 9051 §5.4: at least thirty
  Duration login_patience = std::chrono::minutes(1);  ///< before login
  Duration write_patience = std::chrono::minutes(5);
  Duration handshake_patience = std::chrono::seconds(30);
  Duration still_here_every = std::chrono::minutes(2);  ///< a sign of life in IDLE
  std::size_t logins_max = 5;                           ///< failed ones, then BYE
  std::uint64_t message_octets_max = 50ULL << 20;       ///< of APPEND
};

struct Ports {
  directory::Directory& directory;
  mailbox::Mailboxes& mailboxes;
  store::Store& store;
  store::Hints& hints;
  const crypto::TlsServer* tls = nullptr;
  const Clock& clock;
};

/// Serves one connection to its end: the coroutine shell around imap::ServerReader and
/// SessionState.
///
/// `options` and `ports` outlive it. It runs on the loop that owns the stream.
Task<void> serve(const Options* options, const Ports* ports, net::StreamPtr stream);

}  // namespace hikyaku::imap_server
