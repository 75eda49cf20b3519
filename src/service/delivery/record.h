// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/task.h"
#include "base/task_scope.h"
#include "service/delivery/delivery.h"
#include "service/delivery/settle.h"

namespace hikyaku::delivery {

/// Commits what became of an item, reports included, and says when it is due again; nullopt: it is
/// not in the queue any more. It is not given up while `scope` goes on: a result that is forgotten
/// is a message sent twice.
Task<std::optional<UnixTime>> record(const Options* options, const Ports* ports, TaskScope* scope,
                                     queue::Item before, Settlement settlement);

}  // namespace hikyaku::delivery
