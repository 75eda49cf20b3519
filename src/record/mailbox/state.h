// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "port/store/store.h"
#include "record/mailbox/mailbox.h"
#include "record/mailbox/records.h"

namespace hikyaku::mailbox {

inline constexpr MailboxId kInboxId{1};  ///< made with the account, never removed

/// A mailbox in memory. Copied freely: what is large is shared.
struct Box {
  std::shared_ptr<const Info> info;  ///< with the whole path as its name; empty when dying
  MailboxId parent;
  std::uint32_t tail = 0;  ///< entries in the tail of the stored index
  bool dying = false;
  std::shared_ptr<const Index> index;  ///< null: not loaded
};

/// An account as one commit left it.
struct State {
  AccountRecord account;
  std::string account_value;  ///< the record as it is stored
  std::unordered_map<MailboxId, Box> boxes;
  std::map<std::string, MailboxId, std::less<>> names;  ///< not of dying ones
};

/// Messages that more than one mailbox entry refers to, by block: message id / 256.
using References = std::unordered_map<std::uint64_t, ReferenceBlock>;

/// What one commit makes of a State.
struct Delta {
  AccountRecord account;
  std::string account_value;
  std::vector<std::pair<MailboxId, Box>> boxes;  ///< as they are then
  std::vector<MailboxId> erased;
  /// Entries that were added to mailboxes whose index was not loaded.
  std::vector<std::pair<MailboxId, Entry>> added;
};

void apply(const Delta& delta, State& state);

struct LoadedState {
  State state;
  References references;
};
/// From everything under `A account`, as a scan gives it.
[[nodiscard]] Result<LoadedState> load_state(const std::vector<store::KeyValue>& records);

/// The stored form of a box.
[[nodiscard]] std::string encode(const Box& box);

}  // namespace hikyaku::mailbox
