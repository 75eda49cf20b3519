// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/testing/rig.h"

#include "record/mailbox/check.h"

namespace hikyaku::mailbox::testing {

Rig::Rig() : store(memory) { restart(); }
Rig::Rig(store::Store& own) : store(own) { restart(); }

void Rig::restart() { mailboxes = std::make_unique<Mailboxes>(store, hints, clock); }

AccountPtr Rig::open(std::uint64_t account) {
  return must(run_sync(mailboxes->open(AccountId(account))));
}

Message Rig::message(std::string octets, store::Txn* with) {
  store::Body body = store.new_body();
  body.append(octets);
  Message out;
  out.body = body.id();
  out.size = octets.size();
  out.internal_date = clock.now();
  out.envelope = "(envelope of " + octets.substr(0, 40) + ")";
  out.structure = "structure";
  with->with(std::move(body));
  return out;
}

Result<Placed> Rig::deliver(AccountPtr account, std::string octets, MailboxId mailbox,
                            std::uint32_t flags, std::vector<std::string> keywords) {
  store::Txn with;
  NewMessage fresh{mailbox, flags, std::move(keywords), message(std::move(octets), &with)};
  std::vector<Target> targets;
  targets.push_back({std::move(account), std::move(fresh)});
  HK_ASSIGN(const auto placed, run_sync(mailboxes->deliver(std::move(targets), std::move(with))));
  return placed.front();
}

std::string Rig::problems() {
  std::string out;
  for (const auto& finding : must(run_sync(check(&store))))
    out += finding.what.in(Language::kEnglish) + "\n";
  return out;
}

std::vector<Uid> uids(std::initializer_list<std::uint32_t> numbers) {
  std::vector<Uid> out;
  for (const auto number : numbers) out.emplace_back(number);
  return out;
}

std::vector<Uid> uids_of(const Index& index) {
  std::vector<Uid> out;
  index.for_each(0, index.size(),
                 [&](std::size_t, const Entry& entry) { out.push_back(entry.uid); });
  return out;
}

}  // namespace hikyaku::mailbox::testing
