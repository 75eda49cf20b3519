// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/task.h"
#include "port/store/finding.h"

namespace hikyaku::queue {

/// Reads the whole queue: every item can be read, has its body and its entry in the due index (or
/// it would never be tried), each entry has its item, and the count is right. Memory does not grow
/// with the queue; while the server runs, what changes meanwhile may show as a finding whose fix
/// then does nothing.
Task<Result<std::vector<store::Finding>>> check(store::Store* store);

}  // namespace hikyaku::queue
