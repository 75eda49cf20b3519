// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/task_scope.h"
#include "port/store/memory_store.h"
#include "record/mailbox/mailbox.h"

namespace hikyaku::mailbox::testing {

/// One process with its mailboxes over a store, for tests: every call runs to its end.
class Rig {
 public:
  Rig();
  /// Over a store of the test's own.
  explicit Rig(store::Store& store);

  /// Forgets everything that is in memory, as a restart does.
  void restart();

  AccountPtr open(std::uint64_t account = 1);
  /// Delivers a message of `octets`.
  Result<Placed> deliver(AccountPtr account, std::string octets, MailboxId mailbox = {},
                         std::uint32_t flags = 0, std::vector<std::string> keywords = {});
  /// A new message and the transaction that brings its body.
  Message message(std::string octets, store::Txn* with);

  /// What `check` finds wrong, one problem to a line.
  std::string problems();

  store::MemoryStore memory;
  store::Store& store;
  store::Hints hints;
  ManualClock clock{UnixTime(std::chrono::seconds(1'700'000'000))};
  std::unique_ptr<Mailboxes> mailboxes;
};

/// The value, or the end of the test program with the error's text.
template <class T>
T must(Result<T> result) {
  if (!result) fmt::print(stderr, "error: {}\n", result.error().text);
  HK_ASSERT(result.has_value());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

std::vector<Uid> uids(std::initializer_list<std::uint32_t> numbers);
std::vector<Uid> uids_of(const Index& index);

}  // namespace hikyaku::mailbox::testing
