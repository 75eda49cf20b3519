// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "port/store/store.h"

namespace hikyaku::mailbox {

/// One thing that is wrong, and what makes it right again.
struct Problem {
  std::string what;    ///< "account 7, mailbox 3: counts 12 messages, its index has 11"
  std::string remedy;  ///< "write the right counts"; empty: only a backup can help
  bool repaired = false;
};

struct CheckProgress {
  std::uint64_t accounts = 0;
  std::uint64_t mailboxes = 0;
  std::uint64_t messages = 0;
};

struct CheckReport {
  CheckProgress checked;
  std::vector<Problem> problems;  ///< at most problems_max are told, all are counted
  std::uint64_t problem_count = 0;
};

enum class Repair : unsigned char { kNo, kYes };
enum class Bodies : unsigned char { kSkip, kRead };  ///< kRead: each body is there, and of its size

struct CheckOptions {
  Repair repair = Repair::kNo;
  Bodies bodies = Bodies::kRead;
  std::size_t problems_max = 1'000;
  std::function<void(const CheckProgress&)> progress;  ///< after each account; may be empty
};

/// Compares everything that the mailbox records say twice: counts with indexes, index entries with
/// messages, messages with their bodies and reference counts, the change log with its floor.
///
/// May run while the server does: an account that changes meanwhile is looked at again. Repairs go
/// through commits that the server notices. Errors: kRetryLater for the store's.
Task<Result<CheckReport>> check(store::Store* store, CheckOptions options);

}  // namespace hikyaku::mailbox
