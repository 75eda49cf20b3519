// SPDX-License-Identifier: Apache-2.0
#include "service/intake/testing/site.h"

#include "base/task_scope.h"
#include "record/directory/format.h"

namespace hikyaku::intake {
namespace {

void commit(store::Store& store, store::Txn txn) {
  auto wait = [](store::Store* s, store::Txn t) -> Task<store::Outcome> {
    co_return (co_await s->submit(std::move(t))).outcome;
  };
  HK_ASSERT(run_sync(wait(&store, std::move(txn))) == store::Outcome::kCommitted);
}

}  // namespace

Site::Site(Intake::Options options)
    : intake(std::move(options), store, mailboxes, directory, clock) {
  HK_ASSERT(run_sync(directory.add_domain("example.org")).has_value());
}

directory::Account Site::add_account(std::string_view local) {
  namespace format = directory::format;
  directory::Account account;
  account.id = AccountId(++next_account_);
  account.address = std::string(local) + "@example.org";
  store::Txn txn;
  txn.put(format::address_key(local, "example.org"), format::encode(account));
  txn.put(format::account_key(account.id), format::encode_address(account.address));
  commit(store, std::move(txn));
  HK_ASSERT(run_sync(mailboxes.open(account.id)).has_value());
  return account;
}

void Site::add_alias(std::string address, std::vector<std::string> targets) {
  HK_ASSERT(run_sync(directory.add_alias({std::move(address), std::move(targets)})).has_value());
}

Recipient Site::recipient(std::string_view address) {
  return run_sync(intake.resolve(smtp::parse_address(address).value())).value().value();
}

Envelope Site::envelope(std::string_view sender, std::vector<std::string> recipients) {
  Envelope out;
  if (!sender.empty()) out.reverse_path = smtp::parse_address(sender).value();
  for (const auto& one : recipients) out.recipients.push_back(recipient(one));
  return out;
}

Result<Accepted> Site::take(Origin origin, Envelope envelope, std::string_view message,
                            std::size_t piece) {
  auto incoming = intake.begin(std::move(origin), std::move(envelope));
  for (std::size_t at = 0; at < message.size(); at += piece)
    HK_TRY(run_sync(intake.append(&incoming, message.substr(at, piece))));
  return run_sync(intake.commit(std::move(incoming)));
}

std::vector<mailbox::Message> Site::kept(const directory::Account& account) {
  const auto opened = run_sync(mailboxes.open(account.id)).value();
  const auto info = run_sync(opened->find("INBOX")).value().value();
  const auto view = run_sync(opened->view(info.id)).value();
  std::vector<MessageId> ids;
  view.index->for_each(0, view.index->size(),
                       [&](std::size_t, const auto& entry) { ids.push_back(entry.message); });
  std::vector<mailbox::Message> out;
  for (auto& message : run_sync(opened->messages(ids)).value()) out.push_back(message.value());
  return out;
}

std::vector<std::string> Site::inbox(const directory::Account& account) {
  std::vector<std::string> out;
  for (const auto& message : kept(account)) out.push_back(body(message.body));
  return out;
}

std::vector<queue::Item> Site::queue() {
  return run_sync(queue::list(&store, {.limit = 100'000})).value();
}

std::string Site::body(BodyId id, std::uint64_t skip) {
  return run_sync(store.read_body(id, skip, 1u << 30)).value();
}

Origin inbound() {
  Origin origin;
  origin.listener = "192.0.2.1:25";
  origin.client_address = "192.0.2.9";
  origin.client_name = "client.example.net";
  origin.hello = "client.example.net";
  return origin;
}

Origin submission(const directory::Account& account) {
  auto origin = inbound();
  origin.role = smtp::Role::kSubmission;
  origin.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
  origin.mechanism = "PLAIN";
  origin.account = account;
  return origin;
}

}  // namespace hikyaku::intake
