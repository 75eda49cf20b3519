// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/mime/summarizer.h"
#include "service/intake/header_watch.h"
#include "service/intake/intake.h"
#include "service/intake/plan.h"

namespace hikyaku::intake {

struct Incoming::State {
  State(TrackingId number, store::Body place) : tracking(number), body(std::move(place)) {}

  Origin origin;
  Envelope envelope;
  TrackingId tracking;
  store::Body body;
  mime::Summarizer summarizer;
  HeaderWatch header;
};

struct Intake::Impl {
  Options options;
  store::Store& store;
  mailbox::Mailboxes& mailboxes;
  directory::Directory& directory;
  const Clock& clock;
  std::function<void(const queue::Item&)> queued;

  /// kPermanent when the message itself forbids to take it.
  Task<Status> check(const Incoming::State* incoming, const mime::Envelope* envelope);
  Task<Status> check_from(AccountId account, const mime::Envelope* envelope);

  /// One durable commit: the message into these accounts, what `txn` holds, and what `tell` adds.
  Task<Result<std::vector<mailbox::Placed>>> store_message(std::vector<directory::Account> accounts,
                                                           mailbox::Message message, store::Txn txn,
                                                           mailbox::TellPlaced tell);

  Task<Status> submit(store::Txn txn);

  // expand.cc
  Task<Result<mailbox::Message>> read_message(queue::Item item);
  Task<Result<std::vector<std::size_t>>> choose(queue::Item* item, std::size_t accounts_max,
                                                std::vector<Recipient>* chosen);
  Task<Status> expand_some(queue::Item* item, mailbox::Message message);
};

/// What is kept of a message in each mailbox.
[[nodiscard]] mailbox::Message make_message(BodyId body, const mime::Summary& summary,
                                            UnixTime now);

}  // namespace hikyaku::intake
