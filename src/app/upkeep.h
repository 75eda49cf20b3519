// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "base/task_scope.h"
#include "port/store/store.h"

namespace hikyaku::app {

/// Erases trails older than 90 days, an hour's worth at a time, until the scope stops.
Task<void> trim_trail(store::Store* store, const Clock* clock, TaskScope* scope);

}  // namespace hikyaku::app
