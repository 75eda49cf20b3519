// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "port/store/store.h"
#include "record/mailbox/index_edit.h"
#include "record/mailbox/state.h"

namespace hikyaku::mailbox {

/// A change to one account under construction: reads the submitted state, and gathers what the
/// commit will write and what the state will be then. Thrown away without a trace when the change
/// turns out to be impossible.
///
/// Threads: used under the account's lock.
class Draft {
 public:
  /// `stamp`: unique. `now_s`: for UIDVALIDITY.
  Draft(AccountId account, const State& state, const References& references, std::uint64_t stamp,
        std::uint32_t now_s);

  [[nodiscard]] AccountId account() const { return account_; }
  [[nodiscard]] ModSeq modseq() const { return record_.modseq; }
  AccountRecord& record() { return record_; }

  /// As this draft leaves it; null when there is none, or when it is dying.
  [[nodiscard]] const Box* box(MailboxId id) const;
  [[nodiscard]] const Box* box(std::string_view name) const;
  [[nodiscard]] bool is_dying(MailboxId id) const;
  [[nodiscard]] bool has_use(SpecialUse use) const;
  [[nodiscard]] bool has_children(MailboxId id) const;
  [[nodiscard]] std::vector<MailboxId> children(MailboxId id) const;
  /// All below `name`, at any depth, as the draft found them.
  [[nodiscard]] std::vector<MailboxId> descendants(std::string_view name) const;
  [[nodiscard]] std::size_t mailboxes() const;

  /// For changing; the box must exist.
  Info& info(MailboxId id);
  Box& edit(MailboxId id);
  void rename(MailboxId id, std::string name, MailboxId parent);
  /// A child gets a new path since one of its parents was renamed: nothing to write for it.
  void move_path(MailboxId id, std::string name);
  MailboxId make(std::string name, MailboxId parent, SpecialUse use);
  void make_dying(MailboxId id);
  void erase_box(MailboxId id);
  std::uint32_t new_uid_validity();

  /// Bits of keywords in the mailbox's table, which grows as needed. Those that find no room are
  /// left out: `all_fit` tells.
  struct Keywords {
    std::uint64_t bits = 0;
    bool all_fit = true;
  };
  Keywords keywords(MailboxId id, std::span<const std::string> names);
  /// The same without growing the table.
  [[nodiscard]] Keywords known_keywords(MailboxId id, std::span<const std::string> names) const;

  /// Adds an entry (uid and modseq are given here). The index need not be loaded while the tail is
  /// short: see wants_index().
  Uid add(MailboxId id, Entry entry);
  /// The same for many at once; they get rising UIDs. The index must be loaded.
  void add_all(MailboxId id, std::span<Entry> entries);
  /// Whether the index must be loaded before one more entry is added.
  [[nodiscard]] bool wants_index(MailboxId id) const;

  /// The index must be loaded. Each gives the entries this commit's modseq, and keeps the counts.
  void replace(MailboxId id, std::span<Replacement> replacements);
  void remove(MailboxId id, std::span<const std::size_t> positions);

  MessageId new_message(const Message& message);
  void add_reference(MessageId message);
  /// One mailbox entry less. When it was the last, the message goes too.
  void drop_reference(MessageId message, const MessageHead& head);
  [[nodiscard]] bool is_shared(MessageId message) const { return references(message) > 1; }

  void log(Change::Kind kind, MailboxId mailbox, std::vector<Uid> uids);

  store::Txn& txn() { return txn_; }

  /// Completes the transaction (appended to `txn`) and tells what it does to the memory.
  Delta finish(store::Txn& txn);
  [[nodiscard]] const References& changed_references() const { return references_changed_; }

 private:
  [[nodiscard]] std::uint32_t references(MessageId message) const;
  void set_references(MessageId message, std::uint32_t count);
  void count(Info& info, const Entry& entry, int sign);
  void write_index(MailboxId id, const IndexEdit& edit);
  void trim_log();

  AccountId account_;
  const State& state_;
  const References& references_;
  std::uint32_t now_s_;
  AccountRecord record_;
  std::map<MailboxId, Box> changed_;
  std::map<MailboxId, std::shared_ptr<Info>> infos_;     ///< those of changed_ that may be written
  std::map<std::string, MailboxId, std::less<>> names_;  ///< changed; 0 = gone
  std::vector<MailboxId> erased_;
  std::vector<MailboxId>
      path_only_;                  ///< of changed_: only the path is another, which is not stored
  References references_changed_;  ///< whole blocks; an empty one goes
  std::vector<std::pair<MailboxId, Entry>> added_;
  std::vector<Change> log_;
  store::Txn txn_;
};

}  // namespace hikyaku::mailbox
