// SPDX-License-Identifier: Apache-2.0
#include "app/body_places.h"

#include <fmt/format.h>

#include "protocol/mime/encoded_word.h"
#include "protocol/mime/header.h"
#include "record/mailbox/keys.h"
#include "record/queue/format.h"
#include "record/queue/queue.h"
#include "record/trail/tracking.h"

namespace hikyaku::app {
namespace {

/// What people know the message by.
Json names_of(const mailbox::Message& message) {
  Json out = Json::object();
  if (!message.search_header) return out;
  const auto keep = [&](const char* key, std::string_view field) {
    const auto text = mime::field_text(*message.search_header, field);
    if (text && !text->empty()) out[key] = mime::decode_words(*text);
  };
  keep("subject", "Subject");
  keep("message_id", "Message-ID");
  return out;
}

Task<Result<std::string>> address_of(AdminPorts* ports, AccountId id) {
  HK_CO_ASSIGN(const auto accounts, co_await ports->directory.accounts(""));
  for (const auto& account : accounts)
    if (account.id == id) co_return account.address;
  co_return fmt::format("account number {}", id.value);
}

/// All mailboxes that show the message: a copy shares its body.
Task<Status> add_mailbox_places(AdminPorts* ports, AccountId account, MessageId message,
                                Json* places) {
  HK_CO_ASSIGN(const auto address, co_await address_of(ports, account));
  HK_CO_ASSIGN(const auto opened, co_await ports->mailboxes.open(account));
  HK_CO_ASSIGN(const auto found, co_await opened->messages({message}));
  const auto names = found.front() ? names_of(*found.front()) : Json::object();
  HK_CO_ASSIGN(const auto mailboxes, co_await opened->list());
  for (const auto& info : mailboxes) {
    if (!info.selectable) continue;
    HK_CO_ASSIGN(const auto view, co_await opened->view(info.id));
    for (std::size_t i = 0; i < view.index->size(); ++i) {
      const auto& entry = view.index->at(i);
      if (entry.message != message) continue;
      Json place{{"account", address}, {"mailbox", info.name}, {"uid", entry.uid.value}};
      place.update(names);
      places->push_back(std::move(place));
    }
  }
  co_return Status{};
}

Task<Status> add_queue_place(AdminPorts* ports, QueueId id, Json* places) {
  HK_CO_ASSIGN(const auto item, co_await queue::read(&ports->store, id));
  if (!item) co_return Status{};
  Json place{{"queue", trail::to_text(TrackingId(id.value))}, {"from", item->sender}};
  place["to"] = Json::array();
  for (const auto& recipient : item->recipients) place["to"].push_back(recipient.address);
  places->push_back(std::move(place));
  co_return Status{};
}

}  // namespace

Task<Result<Json>> body_places(AdminPorts* ports, std::vector<std::string> holders) {
  Json places = Json::array();
  for (const auto& holder : holders) {
    if (const auto id = queue::format::parse_body_holder(holder)) {
      HK_CO_TRY(co_await add_queue_place(ports, *id, &places));
    } else if (const auto key = mailbox::key::parse(holder);
               key && key->subspace == mailbox::key::kMessage) {
      HK_CO_TRY(co_await add_mailbox_places(ports, key->account, key->message, &places));
    }
  }
  co_return places;
}

Told words_of_place(const Json& place) {
  if (place.contains("queue")) {
    std::string to;
    for (const auto& address : place["to"])
      to += (to.empty() ? "" : ", ") + address.get<std::string>();
    return told({"the message from <{0}> to {1} that waits in the queue as {2}",
                 "キューで {2} として待っている <{0}> から {1} へのメール"},
                place.value("from", ""), to, place.value("queue", ""));
  }
  auto out = told({"{0}, mailbox {1}, UID {2}", "{0} のメールボックス {1}、UID {2}"},
                  place.value("account", ""), place.value("mailbox", ""),
                  place.value("uid", std::uint64_t{0}));
  if (place.contains("subject"))
    out = told({"{0}, subject \"{1}\"", "{0}、件名 \"{1}\""}, out, place.value("subject", ""));
  if (place.contains("message_id"))
    out = told({"{0}, Message-ID {1}", "{0}、Message-ID {1}"}, out, place.value("message_id", ""));
  return out;
}

}  // namespace hikyaku::app
