// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "port/store/finding.h"
#include "port/store/store.h"

namespace hikyaku::mailbox {

struct CheckProgress {
  std::uint64_t accounts = 0;
  std::uint64_t mailboxes = 0;
  std::uint64_t messages = 0;
};

enum class Bodies : unsigned char { kSkip, kRead };  ///< kRead: each body is there, and of its size

struct CheckOptions {
  Bodies bodies = Bodies::kRead;
  std::function<void(const CheckProgress&)> progress = {};  ///< after each account; may be empty
  /// How accounts are told; by their number where there is none.
  std::unordered_map<AccountId, std::string> names = {};
};

/// Compares everything that the mailbox records say twice: counts with indexes, index entries with
/// messages, messages with their bodies and reference counts, the change log with its floor.
///
/// May run while the server does: an account that changes meanwhile is looked at again. The fixes
/// of an account are to be applied in order; each does nothing once the account has changed, and a
/// running server notices it. Errors: kRetryLater for the store's.
Task<Result<std::vector<store::Finding>>> check(store::Store* store, CheckOptions options = {});

}  // namespace hikyaku::mailbox
