// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/task.h"
#include "port/store/hints.h"
#include "port/store/store.h"
#include "record/mailbox/index.h"

namespace hikyaku::mailbox {

/// Special use of RFC 6154; the number is stored.
enum class SpecialUse : std::uint8_t {
  kNone = 0,
  kArchive = 1,
  kDrafts = 2,
  kJunk = 3,
  kSent = 4,
  kTrash = 5
};

inline constexpr std::size_t kMailboxesMax = 10'000;  ///< per account
inline constexpr std::size_t kNameOctetsMax = 512;    ///< UTF-8, whole path
inline constexpr std::size_t kKeywordsMax = 64;       ///< per mailbox
inline constexpr std::size_t kKeywordOctetsMax = 128;
inline constexpr std::size_t kSummaryOctetsMax =
    256 * 1024;  ///< envelope and structure of a message
inline constexpr std::size_t kSearchHeaderOctetsMax = 8 * 1024;

/// What is known of a mailbox without its index.
struct Info {
  MailboxId id;
  std::string name;  ///< UTF-8 path, "/" between levels; "INBOX" in capitals
  SpecialUse special_use = SpecialUse::kNone;
  bool subscribed = false;
  /// false: was deleted (\NonExistent), and its name is kept for its children or its subscription.
  bool selectable = true;
  std::uint32_t uid_validity = 0;
  Uid uid_next;
  ModSeq highest_modseq;
  std::uint32_t messages = 0;
  std::uint32_t unseen = 0;
  std::uint32_t deleted = 0;
  std::uint64_t octets = 0;
  std::vector<std::string> keywords;  ///< table that Entry::keywords refers to; grows only
};

/// A mailbox at one moment.
struct View {
  std::shared_ptr<const Info> info;
  std::shared_ptr<const Index> index;
};

/// What is stored once for a message and never changes.
struct Message {
  MessageId id;
  BodyId body;
  std::uint64_t size = 0;  ///< octets, RFC822.SIZE
  UnixTime internal_date;
  /// As FETCH sends it: the parenthesised ENVELOPE of RFC 9051 §7.5.2. Both are empty when together
  /// they were over kSummaryOctetsMax: the reader makes them from the body then.
  std::string envelope;
  std::string structure;  ///< mime::encode(Structure)
  /// What mime::is_search_field() names of the message's header, as written: a header block.
  /// nullopt when it was not kept, since it is long or an older release stored the message: the
  /// header itself must be read then.
  std::optional<std::string> search_header;

  /// What it takes in the store, roughly.
  [[nodiscard]] std::size_t bytes() const {
    return envelope.size() + structure.size() + (search_header ? search_header->size() : 0);
  }
};

/// A message that is to be put into a mailbox.
struct NewMessage {
  MailboxId mailbox;  ///< 0 = INBOX
  std::uint32_t flags = 0;
  std::vector<std::string> keywords;
  Message message;  ///< its id is given by the commit
};

/// Where a message was put.
struct Placed {
  MailboxId mailbox;
  std::uint32_t uid_validity = 0;
  Uid uid;
  MessageId message;
};

enum class FlagChange : unsigned char { kSet, kAdd, kRemove };

struct FlagsResult {
  std::vector<Uid> changed;    ///< in rising order; flags are in the new View
  std::vector<Uid> refused;    ///< see Unchanged
  std::uint64_t keywords = 0;  ///< the bits of the keywords that were named
};

/// The condition of a STORE: messages with a modseq above `since` are refused (RFC 7162 §3.1.3),
/// but not those whose flags of the STORE are as the client was told, which others' changes of
/// other flags leave alone (§3.1.12). That is for adding and removing only.
struct Unchanged {
  ModSeq since;
  std::shared_ptr<const Index> told;  ///< what the client was told; nullptr: nothing is known of it
};

struct CopyResult {
  std::uint32_t uid_validity = 0;  ///< of the target
  std::vector<Uid> from, to;       ///< pairs, in rising order of `from`
};

/// One entry of the change log.
struct Change {
  enum class Kind : std::uint8_t { kAdded = 1, kFlags = 2, kExpunged = 3, kMailbox = 4 };
  ModSeq modseq;
  Kind kind = Kind::kAdded;
  MailboxId mailbox;
  std::vector<Uid> uids;
};

/// The mailboxes of one account. Shared by all of its sessions and by delivery; got from
/// Mailboxes::open.
///
/// Every change is one durable commit: when its Task gives a value, the change is on disk, and
/// view() shows it. Changes are serialised by the account's state in the store, and chained in
/// memory, so that much mail to one account shares commits instead of fighting. A change of more
/// than some 10,000 messages, or of messages that lie scattered over more than 50 chunks, takes
/// several commits, each of which is whole.
///
/// Errors:  kPermanent for what the caller asked wrongly (no such mailbox, name taken, too many
///          keywords), kRetryLater for the store's.
/// Threads: any. The caller keeps the AccountPtr until the Task has ended.
class Account {
 public:
  Account() = default;
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;
  virtual ~Account() = default;

  [[nodiscard]] virtual AccountId id() const = 0;
  /// Octets of all messages: for quotas.
  virtual Task<Result<std::uint64_t>> octets_used() = 0;

  /// All mailboxes, and names without one (`selectable`); INBOX first, then by name.
  virtual Task<Result<std::vector<Info>>> list() = 0;
  /// nullopt when there is none with this name (INBOX in any case of letters always exists).
  virtual Task<Result<std::optional<Info>>> find(std::string name) = 0;
  virtual Task<Result<View>> view(MailboxId mailbox) = 0;

  /// INBOX, Drafts, Sent, Junk, Trash, Archive, subscribed, with their special uses: made if the
  /// account never had them (and not again when its user deletes one).
  virtual Task<Status> make_default_mailboxes() = 0;
  /// Makes missing parents too (RFC 9051 §6.3.4).
  virtual Task<Result<Info>> create(std::string name, SpecialUse use) = 0;
  /// The name stays subscribed if it was (RFC 9051 §6.3.7).
  virtual Task<Status> remove(std::string name) = 0;
  /// With all children, and without the subscriptions; renaming INBOX moves its messages and leaves
  /// it empty (RFC 9051 §6.3.6).
  virtual Task<Status> rename(std::string from, std::string to) = 0;
  virtual Task<Status> subscribe(std::string name, bool subscribed) = 0;

  virtual Task<Result<FlagsResult>> change_flags(MailboxId mailbox, std::vector<Uid> uids,
                                                 FlagChange change, std::uint32_t flags,
                                                 std::vector<std::string> keywords,
                                                 std::optional<Unchanged> unchanged) = 0;
  /// Those of `uids` (all, when nullopt) that have \Deleted. Gives the UIDs that are gone.
  virtual Task<Result<std::vector<Uid>>> expunge(MailboxId mailbox,
                                                 std::optional<std::vector<Uid>> uids) = 0;
  /// These, whether or not they have \Deleted (POP3, MOVE within a bigger change, retention).
  virtual Task<Result<std::vector<Uid>>> erase(MailboxId mailbox, std::vector<Uid> uids) = 0;
  virtual Task<Result<CopyResult>> copy(MailboxId from, std::vector<Uid> uids, MailboxId to) = 0;
  virtual Task<Result<CopyResult>> move(MailboxId from, std::vector<Uid> uids, MailboxId to) = 0;

  /// Immutable data of messages, in the order asked; nullopt for one that is gone. Quick for ids
  /// that lie close together.
  virtual Task<Result<std::vector<std::optional<Message>>>> messages(
      std::vector<MessageId> ids) = 0;

  /// Change log after `since`, oldest first, about `limit` entries: those of one commit, which
  /// share its modseq, come together. Go on after the last modseq; an empty answer is the end.
  /// kPermanent when the log was trimmed above `since`.
  virtual Task<Result<std::vector<Change>>> changes(ModSeq since, std::size_t limit) = 0;
};

using AccountPtr = std::shared_ptr<Account>;

/// One place that a message goes to.
struct Target {
  AccountPtr account;
  NewMessage message;
};

/// Adds to a commit what can be told only when the UIDs are known; gets where each target went, in
/// their order. Called under locks, and again when a neighbour was faster: quick, and the same each
/// time.
using TellPlaced = std::function<void(std::span<const Placed>, store::Txn&)>;

/// All accounts' mailboxes over one store. Keeps lately used accounts in memory (bounded).
class Mailboxes {
 public:
  Mailboxes(store::Store& store, store::Hints& hints, const Clock& clock);
  Mailboxes(const Mailboxes&) = delete;
  Mailboxes& operator=(const Mailboxes&) = delete;
  ~Mailboxes();

  /// Loads the account's state, or makes it (with INBOX) if it never had mail.
  Task<Result<AccountPtr>> open(AccountId account);

  /// Puts a message into all targets (several accounts) in ONE commit, together with what `with`
  /// holds: the body, trail, queue items. When a target's mailbox is gone, INBOX takes its place.
  /// `with` must be copyable work: it is submitted again when a neighbour was faster.
  Task<Result<std::vector<Placed>>> deliver(std::vector<Target> targets, store::Txn with,
                                            TellPlaced tell = nullptr);

  /// Erases all mail of an account, in steps of bounded size; used when an account is removed.
  Task<Status> erase_account(AccountId account);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hikyaku::mailbox
