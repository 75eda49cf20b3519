// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/task.h"
#include "service/delivery/delivery.h"

namespace hikyaku::delivery {

/// Sends the sender of an item a report (RFC 3464) about some of its recipients, and takes it in
/// like any other message: into their mailbox, or into the queue.
///
/// Gives the report's tracking number; empty when there is nobody to tell: the item is a report
/// itself (null sender: never a bounce to a bounce), or the sender's address is ours and nobody has
/// it.
Task<Result<std::string>> send_report(const Options* options, const Ports* ports, queue::Item item,
                                      std::vector<dsn::Recipient> recipients);

}  // namespace hikyaku::delivery
