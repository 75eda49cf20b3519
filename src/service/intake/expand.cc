// SPDX-License-Identifier: Apache-2.0
// An item of the queue whose recipients are ours becomes mail in their mailboxes.
#include <algorithm>

#include "service/intake/impl.h"
#include "service/intake/story.h"

namespace hikyaku::intake {
namespace {

constexpr std::uint64_t kReadOctets = 256 * 1024;

bool waits(const queue::Recipient& recipient) { return recipient.state == queue::State::kWaiting; }

bool any(const queue::Item& item, queue::State state) {
  return std::ranges::any_of(item.recipients, [&](const auto& one) { return one.state == state; });
}

}  // namespace

/// Summarizes the stored message, its front included.
Task<Result<mailbox::Message>> Intake::Impl::read_message(queue::Item item) {
  const auto whole = item.skip_octets + item.size;
  mime::Summarizer summarizer;
  for (std::uint64_t at = 0; at < whole;) {
    HK_CO_ASSIGN(const auto octets,
                 co_await store.read_body(item.body, at, std::min(kReadOctets, whole - at)));
    if (octets.empty()) co_return retry_later("the body of a queued message is short");
    summarizer.push(octets);
    at += octets.size();
  }
  co_return make_message(item.body, summarizer.finish(), item.created);
}

/// Looks up waiting recipients until they lead to as many accounts as fit. Marks those that are
/// gone as failed; gives the places of the others.
Task<Result<std::vector<std::size_t>>> Intake::Impl::choose(queue::Item* item,
                                                            std::size_t accounts_max,
                                                            std::vector<Recipient>* chosen) {
  std::vector<std::size_t> places;
  std::size_t accounts = 0;
  for (std::size_t i = 0; i < item->recipients.size(); ++i) {
    auto& recipient = item->recipients[i];
    if (!waits(recipient)) continue;
    HK_CO_ASSIGN(auto found, co_await directory.lookup(recipient.address));
    auto* targets = std::get_if<directory::Targets>(&found);
    if (targets == nullptr) {
      recipient.state = queue::State::kFailed;
      recipient.last_reply = "550 5.1.1 no such mailbox here any more";
      continue;
    }
    if (!places.empty() && accounts + targets->accounts.size() > accounts_max) break;
    accounts += targets->accounts.size();
    Recipient one;
    const auto at = recipient.address.rfind('@');
    one.address = {recipient.address.substr(0, at),
                   at == std::string::npos ? "" : recipient.address.substr(at + 1)};
    one.targets = std::move(*targets);
    one.original = recipient.original;
    one.notify = smtp::Notify(recipient.notify);
    chosen->push_back(std::move(one));
    places.push_back(i);
  }
  co_return places;
}

Task<Status> Intake::Impl::expand_some(queue::Item* item, mailbox::Message message) {
  const auto before = *item;
  const auto now = clock.now();
  const auto summary_bytes = message.bytes();
  // Room for the item (twice, once as a check), new items and the trail.
  const auto fit =
      accounts_that_fit(store::kTxnBytesMax / 3, summary_bytes, options.targets_per_commit_max);
  std::vector<Recipient> chosen;
  HK_CO_ASSIGN(const auto places, co_await choose(item, fit, &chosen));
  const ItemFacts facts{.tracking = item->tracking,
                        .sender = item->sender,
                        .envelope_id = item->envelope_id,
                        .ret = item->ret,
                        .body = item->body,
                        .skip_octets = item->skip_octets,
                        .size = item->size,
                        .eight_bit = item->eight_bit,
                        .now = now};
  const auto plan = make_plan(chosen, fit, facts, clock);
  for (const auto place : places) {
    item->recipients[place].state = queue::State::kDelivered;
    item->recipients[place].last_reply = "250 2.1.5 delivered here";
  }
  store::Txn txn;
  for (const auto& one : plan.items) queue::add(txn, one);
  if (any(*item, queue::State::kWaiting) || any(*item, queue::State::kFailed))
    queue::update(txn, before, *item);
  else
    queue::remove(txn, before);
  const mailbox::TellPlaced tell = [&](std::span<const mailbox::Placed> placed, store::Txn& to) {
    std::vector<trail::Event> events;
    tell_places(plan, placed, now, &events);
    trail::add_events(to, item->tracking, item->id, events);
  };
  HK_CO_TRY(co_await store_message(plan.accounts, std::move(message), std::move(txn), tell));
  if (queued)
    for (const auto& one : plan.items) queued(one);
  co_return Status();
}

Task<Result<std::optional<queue::Item>>> Intake::expand(queue::Item item) {
  HK_CO_ASSIGN(const auto message, co_await impl_->read_message(item));
  while (any(item, queue::State::kWaiting)) HK_CO_TRY(co_await impl_->expand_some(&item, message));
  if (any(item, queue::State::kFailed)) co_return std::optional<queue::Item>(std::move(item));
  co_return std::nullopt;
}

}  // namespace hikyaku::intake
