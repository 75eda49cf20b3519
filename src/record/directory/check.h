// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/task.h"
#include "port/store/finding.h"

namespace hikyaku::directory {

/// Reads the whole directory: every entry can be read, lies in a domain that is there, each account
/// has its id and its password, each id and password its account, each alias and catch-all leads
/// somewhere, and no id will be given twice.
Task<Result<std::vector<store::Finding>>> check(store::Store* store);

}  // namespace hikyaku::directory
