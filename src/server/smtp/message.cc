// SPDX-License-Identifier: Apache-2.0
// A message comes in, and becomes ours in one commit.
#include "base/event.h"
#include "base/event_keys.h"
#include "protocol/smtp/reason.h"
#include "record/trail/tracking.h"
#include "server/smtp/session.h"

namespace hikyaku::smtp_server {
namespace {

namespace key = event::key;

}  // namespace

Task<void> Session::begin_data(smtp::DataBegin question) {
  intake::Envelope envelope;
  envelope.reverse_path = question.transaction.reverse_path;
  envelope.recipients = std::move(recipients_);
  envelope.eight_bit = question.transaction.params.body == smtp::Body::k8BitMime;
  envelope.smtputf8 = question.transaction.params.smtputf8;
  envelope.envelope_id = question.transaction.params.envelope_id;
  envelope.ret = question.transaction.params.ret;
  envelope.decisions = std::move(decisions_);
  recipients_.clear();
  incoming_.emplace(ports_.intake.begin(origin_, std::move(envelope)));
  data_refused_ = false;
  smtp_.accept();
  co_return;
}

Task<void> Session::take_data(std::string_view octets) {
  if (data_refused_ || !incoming_) co_return;
  smtp_.keep_input();  // append() may wait for the disk, and the read buffer is the loop's
  const auto taken = co_await ports_.intake.append(&*incoming_, octets);
  if (taken) co_return;
  data_refused_ = true;
  incoming_.reset();
  event::error("smtp.store", {{key::kError, taken.error().text}});
  smtp_.refuse_data(reply_for(taken.error()));
}

Task<void> Session::end_data(smtp::DataEnd question) {
  const auto recipients = question.transaction.recipients.size();
  HK_ASSERT(incoming_.has_value());
  auto incoming = std::move(*incoming_);
  incoming_.reset();
  const auto tracking = trail::to_text(incoming.tracking());
  const auto done = co_await ports_.intake.commit(std::move(incoming));
  forget_transaction();
  smtp::Reply reply{250, {2, 0, 0}, "taken, tracking number " + tracking};
  if (done) {
    event::info("smtp.accepted", {{key::kTracking, tracking},
                                  {key::kClient, origin_.client_address},
                                  {key::kBytes, question.octets},
                                  {key::kCount, static_cast<std::uint64_t>(recipients)}});
  } else {
    reply = reply_for(done.error());
    event::warn("smtp.not_accepted",
                {{key::kTracking, tracking}, {key::kError, done.error().text}});
  }
  if (options_.protocol.role == smtp::Role::kLmtp) {
    smtp_.answer_each(std::vector<smtp::Reply>(recipients, reply));
  } else if (done) {
    smtp_.accept(std::move(reply));
  } else {
    smtp_.refuse(std::move(reply));
  }
}

}  // namespace hikyaku::smtp_server
