// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/task.h"
#include "base/task_scope.h"
#include "protocol/smtp/client_session.h"
#include "record/trail/trail.h"
#include "service/delivery/delivery.h"

namespace hikyaku::delivery {

/// What became of one attempt to deliver an item.
struct AttemptResult {
  struct Recipient {
    std::string address;
    smtp::Outcome outcome = smtp::Outcome::kTransient;
    smtp::Reply reply;     ///< code 0: no reply, the text says what happened
    std::string host;      ///< that gave it, or empty
    bool reports = false;  ///< the host offers DSN: it tells the sender by itself
  };
  std::vector<Recipient> recipients;  ///< those that were waiting, in their order
  std::vector<trail::Event> events;
  bool stopped = false;  ///< we stop: nothing was found out, the item stays as it is
};

/// Tries to deliver an item's waiting recipients: finds the hosts, connects to one after the other
/// until one answers, speaks SMTP with opportunistic TLS. A host whose TLS handshake fails is
/// called once more without TLS (RFC 7435).
///
/// `scope` cuts connections when it stops. Errors are results: nothing is thrown away.
Task<AttemptResult> attempt(const Options* options, const Ports* ports, queue::Item item,
                            TaskScope* scope);

}  // namespace hikyaku::delivery
