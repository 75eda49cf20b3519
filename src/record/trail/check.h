// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/task.h"
#include "port/store/finding.h"

namespace hikyaku::trail {

/// Reads the whole trail: every value can be read, each message has its index entries, and each
/// index entry has its message. Memory does not grow with the trail.
Task<Result<std::vector<store::Finding>>> check(store::Store* store);

}  // namespace hikyaku::trail
