// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <list>
#include <mutex>
#include <random>
#include <unordered_map>

#include <fmt/format.h>

#include "record/mailbox/account.h"
#include "record/mailbox/keys.h"
#include "record/mailbox/mailbox.h"
#include "record/mailbox/name.h"

namespace hikyaku::mailbox {
namespace {

/// Accounts that nobody uses stay in memory up to this number.
constexpr std::size_t kIdleAccounts = 4'096;
/// Loaded indexes, of which those that nobody has open are dropped, the longest unused first.
constexpr std::size_t kIndexBytes = std::size_t{256} << 20;
/// How much of what is left of removed mailboxes is erased when an account is opened.
constexpr std::size_t kCleanSteps = 4;
constexpr std::size_t kEraseMessages = 2'000;

std::uint64_t random_number() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

struct Mailboxes::Impl {
  Impl(store::Store& store, store::Hints& hints, const Clock& clock)
      : shared{.store = store,
               .hints = hints,
               .clock = clock,
               .stamp_base = random_number(),
               .on_index_loaded = [this] { drop_indexes(); }} {}

  Shared shared;
  std::mutex mutex;
  std::list<std::shared_ptr<AccountImpl>> by_use;  ///< the latest in front
  std::unordered_map<AccountId, std::list<std::shared_ptr<AccountImpl>>::iterator> accounts;

  std::shared_ptr<AccountImpl> get(AccountId id) {
    const std::lock_guard lock(mutex);
    if (const auto found = accounts.find(id); found != accounts.end()) {
      by_use.splice(by_use.begin(), by_use, found->second);
      return by_use.front();
    }
    by_use.push_front(std::make_shared<AccountImpl>(shared, id));
    accounts.emplace(id, by_use.begin());
    drop_accounts();
    return by_use.front();
  }

  /// Only those that nobody holds: two of one account would not see each other's changes.
  void drop_accounts() {
    auto oldest = by_use.end();
    for (std::size_t looked = 0; accounts.size() > kIdleAccounts && looked < 16; ++looked) {
      if (oldest == by_use.begin()) return;
      --oldest;
      if (oldest->use_count() > 1) continue;
      accounts.erase((*oldest)->id());
      oldest = by_use.erase(oldest);
    }
  }

  void drop_indexes();
};

void Mailboxes::Impl::drop_indexes() {
  if (shared.index_bytes.load() <= kIndexBytes) return;
  std::vector<std::shared_ptr<AccountImpl>> all;
  {
    const std::lock_guard lock(mutex);
    all.assign(by_use.begin(), by_use.end());
  }
  struct Place {
    AccountImpl* account;
    AccountImpl::Idle idle;
  };
  std::vector<Place> idle;
  std::size_t bytes = 0;
  for (const auto& account : all) {
    for (const auto& index : account->idle_indexes()) {
      idle.push_back({account.get(), index});
      bytes += index.bytes;
    }
  }
  std::ranges::sort(idle, {}, [](const Place& place) { return place.idle.tick; });
  for (const auto& place : idle) {
    if (bytes <= kIndexBytes / 4 * 3) break;
    place.account->drop_index(place.idle.mailbox);
    bytes -= place.idle.bytes;
  }
  shared.index_bytes = bytes;
}

Mailboxes::Mailboxes(store::Store& store, store::Hints& hints, const Clock& clock)
    : impl_(std::make_unique<Impl>(store, hints, clock)) {}
Mailboxes::~Mailboxes() = default;

Task<Result<AccountPtr>> Mailboxes::open(AccountId account) {
  auto found = impl_->get(account);
  HK_CO_ASSIGN(const auto opened, co_await found->open());
  if (opened == AccountImpl::Opened::kLoaded)
    ignore(co_await found->clean(kCleanSteps), "the next who loads the account goes on");
  co_return AccountPtr(std::move(found));
}

namespace {

/// Builds one delivery on the drafts of all its accounts.
class Delivery {
 public:
  Delivery(const std::vector<Target>& targets, const std::vector<AccountImpl*>& accounts,
           const TellPlaced& tell)
      : targets_(targets), accounts_(accounts), tell_(tell) {}

  Result<Built> build(std::span<Draft> drafts, std::vector<Placed>& placed) const {
    placed.clear();
    // One message for all targets of an account that get the same body: copies of each other.
    std::vector<std::pair<AccountId, std::pair<BodyId, MessageId>>> made;
    for (const auto& target : targets_) {
      const std::size_t at = account_of(target);
      Draft& draft = drafts[at];
      const MailboxId mailbox = mailbox_for(draft, target.message.mailbox);
      if (draft.wants_index(mailbox)) return Built::need_index(mailbox, at);
      const Message& message = target.message.message;
      const auto known = std::ranges::find_if(made, [&](const auto& other) {
        return other.first == draft.account() && other.second.first == message.body;
      });
      Entry entry;
      if (known != made.end()) {
        entry.message = known->second.second;
        draft.add_reference(entry.message);
      } else {
        entry.message = draft.new_message(message);
        made.push_back({draft.account(), {message.body, entry.message}});
      }
      entry.flags = target.message.flags & kAllFlags;
      entry.keywords = draft.keywords(mailbox, target.message.keywords).bits;
      entry.size = static_cast<std::uint32_t>(std::min<std::uint64_t>(message.size, UINT32_MAX));
      const Uid uid = draft.add(mailbox, entry);
      placed.push_back({mailbox, draft.box(mailbox)->info->uid_validity, uid, entry.message});
    }
    if (tell_) tell_(placed, drafts.front().txn());
    return Built::commit();
  }

 private:
  std::size_t account_of(const Target& target) const {
    const auto found = std::ranges::find(accounts_, target.account.get());
    return static_cast<std::size_t>(found - accounts_.begin());
  }

  static MailboxId mailbox_for(const Draft& draft, MailboxId wanted) {
    const Box* box = wanted ? draft.box(wanted) : nullptr;
    return box != nullptr && box->info->selectable ? wanted : kInboxId;
  }

  const std::vector<Target>& targets_;
  const std::vector<AccountImpl*>& accounts_;
  const TellPlaced& tell_;
};

/// A transaction without any mailbox: all its recipients are elsewhere.
Task<Status> commit_alone(store::Store* store, store::Txn txn) {
  txn.token = new_token();
  const store::Token token = txn.token;
  const auto result = co_await store->submit(std::move(txn));
  if (result.outcome == store::Outcome::kCommitted) co_return Status{};
  if (result.outcome == store::Outcome::kUnknown) {
    HK_CO_ASSIGN(const bool happened, co_await store->resolve(token));
    if (happened) co_return Status{};
  }
  if (result.error.empty())
    co_return retry_later("the message could not be stored: the store changed meanwhile");
  co_return std::unexpected(result.failure("the message could not be stored"));
}

}  // namespace

Task<Result<std::vector<Placed>>> Mailboxes::deliver(std::vector<Target> targets, store::Txn with,
                                                     TellPlaced tell) {
  std::vector<AccountImpl*> accounts;
  // Every account that open() gives is one of ours.
  for (const auto& target : targets)
    accounts.push_back(static_cast<AccountImpl*>(target.account.get()));
  std::ranges::sort(accounts, {}, [](const AccountImpl* account) { return account->id(); });
  accounts.erase(std::ranges::unique(accounts).begin(), accounts.end());
  std::vector<Placed> placed;
  if (accounts.empty()) {
    if (tell) tell(placed, with);
    HK_CO_TRY(co_await commit_alone(&impl_->shared.store, std::move(with)));
    co_return placed;
  }
  const Delivery delivery(targets, accounts, tell);
  HK_CO_TRY(co_await commit(
      accounts, [&](std::span<Draft> drafts) { return delivery.build(drafts, placed); }, &with));
  co_return placed;
}

namespace {

/// Marks the account as going: from then on nobody can change it.
Task<Result<bool>> mark_removed(Shared* shared, AccountId account) {
  const std::string record_key = key::account(account);
  for (int attempt = 0; attempt < 100; ++attempt) {
    HK_CO_ASSIGN(const auto found, co_await store::get_one(&shared->store, record_key));
    if (!found) co_return false;
    HK_CO_ASSIGN(auto record, decode_account(*found));
    if (record.removed) co_return true;
    record.removed = true;
    record.stamp = shared->next_stamp();
    store::Txn txn;
    txn.check(record_key, *found).put(record_key, encode(record));
    const auto result = co_await shared->store.submit(std::move(txn));
    if (result.outcome == store::Outcome::kFailed)
      co_return std::unexpected(result.failure("the account could not be removed"));
  }
  co_return retry_later("the account is changed too fast to be removed; try again");
}

}  // namespace

Task<Status> Mailboxes::erase_account(AccountId account) {
  HK_CO_ASSIGN(const bool there, co_await mark_removed(&impl_->shared, account));
  impl_->get(account)->forget();
  if (!there) co_return Status{};
  const std::string begin = key::messages(account);
  const std::string end = store::prefix_end(begin);
  for (;;) {
    HK_CO_ASSIGN(const auto records, co_await impl_->shared.store.scan(begin, end, kEraseMessages));
    store::Txn txn;
    for (const auto& record : records) {
      const auto parsed = key::parse(record.key);
      const auto head = decode_message_head(record.value);
      if (parsed && parsed->part == 0 && head && head->body)
        txn.unlink(head->body, key::message(account, parsed->message));
      txn.erase(record.key);
    }
    if (records.empty()) {
      for (const auto& prefix :
           {key::indexes(account), key::changes(account), key::account(account)})
        txn.erase_range(prefix, store::prefix_end(prefix));
    }
    const auto result = co_await impl_->shared.store.submit(std::move(txn));
    if (result.outcome != store::Outcome::kCommitted)
      co_return std::unexpected(
          result.failure("the account's mail could not be erased, run it again"));
    if (records.empty()) break;
  }
  co_return Status{};
}

}  // namespace hikyaku::mailbox
