// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <random>

#include "record/mailbox/account.h"
#include "record/mailbox/keys.h"

namespace hikyaku::mailbox {
namespace {

/// A conflict means that a neighbour's change failed or another machine was faster; either passes.
constexpr int kAttempts = 20;

std::unexpected<Error> not_stored(const store::CommitResult& result) {
  return std::unexpected(result.failure("the change could not be stored"));
}

}  // namespace

store::Token new_token() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::string token;
  for (int i = 0; i < 2; ++i) {
    const std::uint64_t part = random();
    for (unsigned shift = 0; shift < 64; shift += 8)
      token.push_back(static_cast<char>(part >> shift & 0xff));
  }
  return token;
}

AccountImpl::Link AccountImpl::submitted(Delta delta, const References& references) {
  const Link link{epoch_, next_number_++, delta.account.modseq};
  apply(delta, submitted_);
  for (const auto& [number, block] : references) {
    if (block.empty())
      references_.erase(number);
    else
      references_[number] = block;
  }
  in_flight_.push_back({link.number, std::move(delta)});
  return link;
}

/// Shows all changes up to this one: that it is durable means that those before it are.
ModSeq AccountImpl::publish(std::uint64_t number) {
  while (!in_flight_.empty() && in_flight_.front().number <= number) {
    const Delta& delta = in_flight_.front().delta;
    apply(delta, published_);
    for (const auto& [mailbox, entry] : delta.added)
      if (const auto loading = loading_.find(mailbox); loading != loading_.end())
        loading->second->published.push_back(entry);
    in_flight_.pop_front();
  }
  return published_.account.modseq;
}

Task<void> AccountImpl::committed(Link link) {
  ModSeq shown;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    {
      const std::lock_guard lock(mutex_);
      if (link.epoch == epoch_) {
        shown = publish(link.number);
        break;
      }
      // The chain broke behind us. What was read from the store since may be older than our change.
      if (!stale_ && published_.account.modseq >= link.modseq) {
        shown = published_.account.modseq;
        break;
      }
      if (!stale_) break_chain(epoch_);
    }
    // Why: the change is durable, whatever reading says; the next one who looks reads again.
    ignore(co_await settle(), "the change itself is durable");
  }
  shared_.hints.publish(id_, std::max(shown, link.modseq));
}

/// One attempt, under the locks of all accounts; no commit when there is none to make or when an
/// account must settle first.
class Attempt {
 public:
  Attempt(std::span<AccountImpl* const> accounts, const Builder& builder, const store::Txn* with)
      : accounts_(accounts), builder_(builder), with_(with) {}

  enum class Step : unsigned char { kSubmitted, kNothing, kNeedIndex, kUnsettled };

  Result<Step> submit() {
    std::vector<std::unique_lock<std::mutex>> locks;
    locks.reserve(accounts_.size());
    for (auto* account : accounts_) {
      locks.emplace_back(account->mutex_);
      if (account->stale_) return Step::kUnsettled;
    }
    std::vector<Draft> drafts;
    drafts.reserve(accounts_.size());
    for (auto* account : accounts_) {
      const auto& shared = account->shared_;
      drafts.emplace_back(account->id_, account->submitted_, account->references_,
                          account->shared_.next_stamp(), shared.now_s());
    }
    HK_ASSIGN(built_, builder_(drafts));
    if (built_.kind == Built::Kind::kNothing) return wait_for_others();
    if (built_.kind == Built::Kind::kNeedIndex) return Step::kNeedIndex;
    store::Txn txn = with_ != nullptr ? *with_ : store::Txn{};
    txn.token = token_ = new_token();
    std::vector<Delta> deltas;
    deltas.reserve(drafts.size());
    for (auto& draft : drafts) deltas.push_back(draft.finish(txn));
    HK_TRY(within_limits(txn));
    commit_.emplace(accounts_.front()->shared_.store.submit(std::move(txn)));
    for (std::size_t i = 0; i < drafts.size(); ++i)
      links_.push_back(
          accounts_[i]->submitted(std::move(deltas[i]), drafts[i].changed_references()));
    return Step::kSubmitted;
  }

  /// Nothing is to be changed, but perhaps only because another change that is in flight does it:
  /// it must be durable, and shown, before anybody is told that all is as wanted. A transaction of
  /// checks alone is answered behind it.
  Step wait_for_others() {
    store::Txn txn;
    for (auto* account : accounts_) {
      if (account->in_flight_.empty()) {
        links_.push_back({account->epoch_, 0, account->published_.account.modseq});
        continue;
      }
      links_.push_back(
          {account->epoch_, account->in_flight_.back().number, account->submitted_.account.modseq});
      txn.check(key::account(account->id_), account->submitted_.account_value);
    }
    if (txn.checks.empty()) return Step::kNothing;
    txn.token = token_ = new_token();
    commit_.emplace(accounts_.front()->shared_.store.submit(std::move(txn)));
    return Step::kSubmitted;
  }

  /// True: it happened. False: to be built anew.
  Task<Result<bool>> outcome() {
    auto result = co_await *commit_;
    if (result.outcome == store::Outcome::kCommitted) {
      for (std::size_t i = 0; i < links_.size(); ++i) co_await accounts_[i]->committed(links_[i]);
      co_return true;
    }
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const std::lock_guard lock(accounts_[i]->mutex_);
      accounts_[i]->break_chain(links_[i].epoch);
    }
    if (result.outcome == store::Outcome::kConflict) co_return false;
    if (result.outcome == store::Outcome::kFailed) co_return not_stored(result);
    HK_CO_ASSIGN(const bool happened, co_await accounts_.front()->shared_.store.resolve(token_));
    if (happened)
      for (std::size_t i = 0; i < links_.size(); ++i) co_await accounts_[i]->committed(links_[i]);
    co_return happened;
  }

  [[nodiscard]] const Built& built() const { return built_; }

 private:
  static Status within_limits(const store::Txn& txn) {
    std::size_t bytes = 0;
    for (const auto& write : txn.writes) bytes += write.key.size() + write.value.size();
    for (const auto& check : txn.checks)
      bytes += check.key.size() + (check.value ? check.value->size() : 0);
    if (bytes <= store::kTxnBytesMax) return {};
    return retry_later(fmt::format(
        "a change of {} bytes does not fit one commit of {}: give it to fewer mailboxes "
        "at a time",
        bytes, store::kTxnBytesMax));
  }

  std::span<AccountImpl* const> accounts_;
  const Builder& builder_;
  const store::Txn* with_;
  Built built_;
  std::optional<store::Commit> commit_;
  store::Token token_;
  std::vector<AccountImpl::Link> links_;
};

Task<Status> commit(std::vector<AccountImpl*> accounts, Builder builder, const store::Txn* with) {
  for (int attempt = 0; attempt < kAttempts;) {
    for (auto* account : accounts) HK_CO_TRY(co_await account->settle());
    Attempt trial(accounts, builder, with);
    HK_CO_ASSIGN(const auto step, trial.submit());
    switch (step) {
      case Attempt::Step::kNothing: co_return Status{};
      case Attempt::Step::kUnsettled: break;
      case Attempt::Step::kNeedIndex:
        HK_CO_TRY(co_await accounts[trial.built().draft]->load_index(trial.built().mailbox));
        break;
      case Attempt::Step::kSubmitted: {
        HK_CO_ASSIGN(const bool happened, co_await trial.outcome());
        if (happened) co_return Status{};
        ++attempt;
        break;
      }
    }
  }
  co_return retry_later("the mailbox was changed by others at every attempt; try again");
}

Task<Status> AccountImpl::change(std::function<Result<Built>(Draft&)> builder) {
  std::vector<AccountImpl*> self{this};
  co_return co_await commit(
      std::move(self), [&builder](std::span<Draft> drafts) { return builder(drafts.front()); },
      nullptr);
}

}  // namespace hikyaku::mailbox
