// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/task.h"
#include "base/task_scope.h"
#include "port/net/stream.h"

namespace hikyaku::net {

/// Sleeps on the current loop. kRetryLater when the scope stops first; nullptr = nothing wakes it
/// early.
Task<Status> sleep_until(Deadline until, TaskScope* scope);
Task<Status> sleep_for(Duration time, TaskScope* scope);

}  // namespace hikyaku::net
