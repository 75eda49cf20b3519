// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "port/store/hints.h"
#include "port/store/store.h"
#include "record/mailbox/draft.h"
#include "record/mailbox/flight.h"
#include "record/mailbox/mailbox.h"
#include "record/mailbox/state.h"

namespace hikyaku::mailbox {

/// What all accounts share. Outlives them.
struct Shared {
  store::Store& store;
  store::Hints& hints;
  const Clock& clock;
  std::uint64_t stamp_base;  ///< random, of this process
  std::atomic<std::uint64_t> stamps{0};
  std::atomic<std::uint64_t> ticks{0};      ///< rises with every view, for dropping the oldest
  std::atomic<std::size_t> index_bytes{0};  ///< of all loaded indexes, roughly
  std::function<void()> on_index_loaded;    ///< drops indexes when there are too many

  std::uint64_t next_stamp();
  [[nodiscard]] std::uint32_t now_s() const;
};

/// What a builder found.
struct Built {
  enum class Kind : unsigned char {
    kCommit,     ///< the drafts are to be committed
    kNothing,    ///< there is nothing to change
    kNeedIndex,  ///< of `mailbox` of the account of draft `draft`; then build again
  };
  Kind kind = Kind::kCommit;
  std::size_t draft = 0;
  MailboxId mailbox;

  static Built commit() { return {}; }
  static Built nothing() { return {Kind::kNothing, 0, {}}; }
  static Built need_index(MailboxId mailbox, std::size_t draft = 0) {
    return {Kind::kNeedIndex, draft, mailbox};
  }
};

/// Builds a change on the drafts of its accounts; called again, on new drafts, when the commit met
/// a conflict. Runs under the accounts' locks: quick, and never waits.
using Builder = std::function<Result<Built>(std::span<Draft>)>;

/// Random: for asking after an unknown outcome whether it happened.
store::Token new_token();

class AccountImpl;
class Attempt;
/// Makes one commit of the accounts' changes and of what `with` holds. `accounts` by rising id,
/// each once.
Task<Status> commit(std::vector<AccountImpl*> accounts, Builder builder, const store::Txn* with);

/// An account and the chain of its changes.
///
/// There are two states in memory. The *submitted* one holds all changes that were handed to the
/// store, finished or not: the next change is built on it, under the lock, and submitted in the
/// same lock, so that the order of the chain is the order of the commits. The *published* one holds
/// what is durable, and is all that anybody sees. Each change checks that the account's record is
/// byte for byte what the change before it wrote, and writes one with a stamp of its own: when one
/// link of the chain fails, all after it meet a conflict. Then (a new *epoch*) the state is read
/// from the store again, once, and whoever met the conflict builds his change anew.
class AccountImpl final : public Account {
 public:
  AccountImpl(Shared& shared, AccountId id) : shared_(shared), id_(id) {}

  /// Reads the state, and makes the account when there is none.
  enum class Opened : unsigned char { kWasOpen, kLoaded };
  Task<Result<Opened>> open();
  /// Forgets what is in memory: the next use reads it again.
  void forget();

  [[nodiscard]] AccountId id() const override { return id_; }
  Task<Result<std::uint64_t>> octets_used() override;
  Task<Result<std::vector<Info>>> list() override;
  Task<Result<std::optional<Info>>> find(std::string name) override;
  Task<Result<View>> view(MailboxId mailbox) override;
  Task<Status> make_default_mailboxes() override;
  Task<Result<Info>> create(std::string name, SpecialUse use) override;
  Task<Status> remove(std::string name) override;
  Task<Status> rename(std::string from, std::string to) override;
  Task<Status> subscribe(std::string name, bool subscribed) override;
  Task<Result<FlagsResult>> change_flags(MailboxId mailbox, std::vector<Uid> uids,
                                         FlagChange change, std::uint32_t flags,
                                         std::vector<std::string> keywords,
                                         std::optional<Unchanged> unchanged) override;
  Task<Result<std::vector<Uid>>> expunge(MailboxId mailbox,
                                         std::optional<std::vector<Uid>> uids) override;
  Task<Result<std::vector<Uid>>> erase(MailboxId mailbox, std::vector<Uid> uids) override;
  Task<Result<CopyResult>> copy(MailboxId from, std::vector<Uid> uids, MailboxId to) override;
  Task<Result<CopyResult>> move(MailboxId from, std::vector<Uid> uids, MailboxId to) override;
  Task<Result<std::vector<std::optional<Message>>>> messages(std::vector<MessageId> ids) override;
  Task<Result<std::vector<Change>>> changes(ModSeq since, std::size_t limit) override;

  /// Erases what is left of removed mailboxes, at most `steps` commits.
  Task<Status> clean(std::size_t steps);

  /// Loaded indexes that nobody holds and no change needs: (tick of last use, mailbox, bytes).
  struct Idle {
    std::uint64_t tick;
    MailboxId mailbox;
    std::size_t bytes;
  };
  std::vector<Idle> idle_indexes();
  void drop_index(MailboxId mailbox);

 private:
  friend class Attempt;
  friend Task<Status> commit(std::vector<AccountImpl*> accounts, Builder builder,
                             const store::Txn* with);

  /// A change on its way to the disk.
  struct InFlight {
    std::uint64_t number;
    Delta delta;
  };
  struct Link {
    std::uint64_t epoch = 0;
    std::uint64_t number = 0;
    ModSeq modseq;
  };
  struct Loading {
    Flight flight;
    std::vector<Entry> published;  ///< meanwhile
    bool again = false;            ///< the counts did not agree the first time
  };

  // account.cc
  Task<Status> settle();
  Task<Result<std::optional<LoadedState>>> read_state();
  void install(LoadedState loaded);
  Task<Status> load_index(MailboxId mailbox);
  Task<Result<std::vector<store::KeyValue>>> read_index(MailboxId mailbox);
  Status take_index(MailboxId mailbox, std::uint64_t epoch, const Loading& loading,
                    const std::vector<store::KeyValue>& records);
  void correct_counts(MailboxId mailbox, const Index& index);
  void break_chain(std::uint64_t epoch);

  // commit.cc
  Task<Status> change(std::function<Result<Built>(Draft&)> builder);
  Link submitted(Delta delta, const References& references);
  Task<void> committed(Link link);
  ModSeq publish(std::uint64_t number);

  // account_messages.cc
  enum class Expunge : unsigned char { kDeletedOnly, kAll };
  struct Candidates {
    std::vector<Uid> uids;
    std::unordered_map<MessageId, MessageHead> heads;
  };
  Task<Result<std::vector<Uid>>> expunge_some(MailboxId mailbox,
                                              std::optional<std::vector<Uid>> uids, Expunge which);
  Task<Result<Candidates>> candidates(View view, std::vector<std::size_t> positions);
  static Result<Built> build_expunge(Draft& draft, MailboxId mailbox, const Candidates& candidates,
                                     Expunge which, std::vector<Uid>* gone);
  enum class Transfer : unsigned char { kCopy, kMove };
  struct TransferStep {
    std::span<const Uid> uids;
    std::size_t done = 0;  ///< how many of `uids` this step settled
    CopyResult result;
  };
  static Result<Built> build_transfer(Draft& draft, MailboxId from, MailboxId to, Transfer how,
                                      TransferStep& step);
  Task<Result<CopyResult>> transfer(MailboxId from, std::vector<Uid> uids, MailboxId to,
                                    Transfer how);

  // account_reads.cc
  using MessageVisitor = std::function<void(MessageId, std::span<const std::string_view>)>;
  enum class Parts : unsigned char { kFirst, kAll };
  /// The stored values of messages (rising ids), of those that are there.
  Task<Status> read_messages(std::vector<MessageId> ids, Parts parts, MessageVisitor visit);
  Task<Status> visit_parts(MessageId id, std::string first, std::uint8_t parts,
                           const MessageVisitor* visit);
  Task<Result<std::unordered_map<MessageId, MessageHead>>> heads(std::vector<MessageId> ids);

  // account_clean.cc
  Task<Result<bool>> clean_step(MailboxId mailbox);
  std::optional<MailboxId> dying_mailbox();

  Shared& shared_;
  const AccountId id_;

  std::mutex mutex_;
  State published_;
  State submitted_;
  References references_;  ///< of the submitted state
  std::deque<InFlight> in_flight_;
  std::uint64_t next_number_ = 1;
  std::uint64_t epoch_ = 0;
  bool stale_ = true;  ///< both states must be read from the store before they are used
  Flight reading_;
  Flight cleaning_;
  std::unordered_map<MailboxId, std::shared_ptr<Loading>> loading_;
  std::unordered_map<MailboxId, std::uint64_t> last_use_;
};

}  // namespace hikyaku::mailbox
