// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "port/crypto/tls.h"
#include "port/net/network.h"
#include "port/net/stream.h"
#include "port/store/store.h"
#include "record/directory/directory.h"
#include "record/mailbox/mailbox.h"
#include "server/pop3/maildrop_locks.h"
#include "service/login/login.h"

namespace hikyaku::pop3_server {

enum class TlsStart : unsigned char { kStartTls, kImplicit };

struct Options {
  TlsStart tls_start = TlsStart::kStartTls;
  login::Options login;
  std::string listener;                               ///< for events
  std::vector<net::Network> plaintext_networks;       ///< may log in without TLS
  Duration idle_patience = std::chrono::minutes(10);  ///< RFC 1939 §3: at least ten
  Duration write_patience = std::chrono::minutes(5);
  Duration handshake_patience = std::chrono::seconds(30);
  std::size_t logins_max = 5;  ///< failed ones, then the connection ends
};

struct Ports {
  directory::Directory& directory;
  mailbox::Mailboxes& mailboxes;
  store::Store& store;
  MaildropLocks& locks;
  const crypto::TlsServer* tls = nullptr;
  const Clock& clock;
};

/// Serves one connection to its end: the coroutine shell around pop3::ServerSession. INBOX is the
/// maildrop; one session at a time has it (RFC 1939 §4).
///
/// `options` and `ports` outlive it. It runs on the loop that owns the stream.
Task<void> serve(const Options* options, const Ports* ports, net::StreamPtr stream);

}  // namespace hikyaku::pop3_server
