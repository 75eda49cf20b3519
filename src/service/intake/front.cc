// SPDX-License-Identifier: Apache-2.0
#include "service/intake/front.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"
#include "protocol/smtp/trace.h"
#include "record/trail/tracking.h"

namespace hikyaku::intake {
namespace {

bool is_own(const Origin& origin) {
  return origin.listener.empty() && origin.client_address.empty();
}

/// RFC 6531 §3.7.3: an alias in UTF-8 must not stand in a message that goes on without SMTPUTF8.
std::optional<smtp::Address> shown_recipient(const Recipient& recipient) {
  const auto text = recipient.address.text();
  const auto stays = [&](const std::string& remote) { return remote == text; };
  if (is_ascii(text) || std::ranges::all_of(recipient.targets.remote, stays))
    return recipient.address;
  return std::nullopt;
}

std::string received(const Intake::Options& options, const Origin& origin, const Envelope& envelope,
                     TrackingId tracking, UnixTime now) {
  smtp::TraceFacts facts;
  facts.hello = origin.hello;
  facts.client_name = origin.client_name;
  facts.client_address = origin.client_address;
  facts.by = options.host;
  facts.role = origin.role;
  facts.extended = origin.extended;
  facts.tls = !origin.tls.empty();
  facts.tls_text = origin.tls;
  facts.authenticated = origin.account.has_value();
  facts.id = trail::to_text(tracking);
  facts.utf8 = envelope.smtputf8;
  if (envelope.recipients.size() == 1)
    facts.recipient = shown_recipient(envelope.recipients.front());
  facts.time = now;
  return smtp::received_field(facts);
}

/// The message lies `by` octets further on, and so does all that is in it.
void shift(mime::Part* part, std::uint64_t by) {
  part->header_begin += by;
  part->body_begin += by;
  part->end += by;
  for (auto& child : part->children) shift(&child, by);
}

}  // namespace

bool is_submission(const Origin& origin) {
  return origin.role == smtp::Role::kSubmission || origin.account.has_value();
}

Front make_front(const Intake::Options& options, const Origin& origin, const Envelope& envelope,
                 TrackingId tracking, UnixTime now, mime::Summary* summary) {
  Front front;
  front.octets = smtp::return_path_field(envelope.reverse_path);
  front.skip_octets = front.octets.size();
  if (!is_own(origin)) front.octets += received(options, origin, envelope, tracking, now);
  if (is_submission(origin)) {  // RFC 6409 §8.1, §8.2
    std::string added;
    if (!summary->envelope.date) {
      summary->envelope.date = smtp::date_text(now);
      added += "Date: " + *summary->envelope.date + "\r\n";
    }
    if (!summary->envelope.message_id) {
      summary->envelope.message_id = "<" + trail::to_text(tracking) + "@" + options.host + ">";
      added += "Message-ID: " + *summary->envelope.message_id + "\r\n";
    }
    front.octets += added;
    if (summary->search_header) summary->search_header->insert(0, added);
  }
  const auto by = front.octets.size();
  shift(&summary->structure.root, by);
  summary->structure.root.header_begin = 0;
  summary->octets += by;
  summary->header_octets += by;
  return front;
}

}  // namespace hikyaku::intake
