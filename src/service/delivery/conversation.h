// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "port/net/stream.h"
#include "protocol/smtp/client_session.h"
#include "service/delivery/delivery.h"

namespace hikyaku::delivery {

/// How a dialogue with a remote server ended.
struct Talk {
  std::optional<smtp::ClientFailure> failure;  ///< before a result for the recipients
  std::vector<smtp::RecipientResult> results;  ///< of the item's waiting recipients, in order
  std::string tls = "none";                    ///< "TLSv1.3 …", or "none"
  bool tls_failed = false;                     ///< the handshake: worth a call without TLS
  bool reports = false;                        ///< DSN is offered (RFC 3461)
};

/// One message over one connection: the coroutine shell around smtp::ClientSession. The message is
/// read from the store piece by piece while it is sent.
class Conversation {
 public:
  Conversation(const Options& options, const Ports& ports, const queue::Item& item,
               net::StreamPtr stream, std::string host, smtp::StartTlsUse tls);
  Task<Talk> run();

 private:
  enum class Flow : unsigned char { kGoOn, kEnd };
  Task<Flow> act(smtp::ClientAction action);
  Task<void> exchange();
  Task<bool> flush();
  Task<void> start_tls();
  Task<void> send_body();
  void begin();

  const Ports& ports_;
  const queue::Item& item_;
  net::StreamPtr stream_;
  std::string host_;
  smtp::ClientSession session_;
  Talk talk_;
  bool begun_ = false;
};

}  // namespace hikyaku::delivery
