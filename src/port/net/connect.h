// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/task.h"
#include "base/task_scope.h"
#include "port/net/stream.h"

namespace hikyaku::net {

struct ConnectOptions {
  std::optional<IpAddress> source;  ///< the address to call from; of the same family
  TaskScope* scope = nullptr;       ///< closes the stream when it stops
};

/// Connects from the current loop, which the stream then belongs to. kRetryLater for whatever goes
/// wrong: "connecting to 192.0.2.1:25: connection refused".
Task<Result<StreamPtr>> connect(Endpoint to, ConnectOptions options, Deadline deadline);

}  // namespace hikyaku::net
