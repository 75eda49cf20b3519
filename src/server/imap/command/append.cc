// SPDX-License-Identifier: Apache-2.0
// APPEND (RFC 9051 §6.3.12, RFC 3502): messages are streamed into the store, and all of one command
// become visible in one commit.
#include "base/event.h"
#include "base/event_keys.h"
#include "port/net/stream.h"
#include "protocol/imap/response/envelope.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {

struct Session::Appending {
  mailbox::Info mailbox;
  std::vector<mailbox::Target> done;
  store::Txn txn;

  store::Body body;
  mime::Summarizer summarizer;
  imap::AppendMessage message;

  Appending(mailbox::Info info, store::Body b) : mailbox(std::move(info)), body(std::move(b)) {}
};

void Session::AppendingDelete::operator()(Appending* appending) const noexcept { delete appending; }

Task<void> Session::append_begin(imap::AppendBegin begin) {
  if (begin.index == 0) appending_.reset();
  if (!appending_) {
    const auto name = imap::mailbox_name_from_wire(begin.mailbox, state_.name_encoding());
    if (!name) {
      reader_.refuse_append(imap::Rejected::Reply::kNo, "CANNOT", name.error().text);
      co_return;
    }
    // The views of `begin` are not good beyond the await.
    const auto message = std::move(begin.message);
    const auto info = co_await account_->find(*name);
    if (!info) {
      reader_.refuse_append(imap::Rejected::Reply::kNo, "UNAVAILABLE",
                            "the server could not do it now, try again");
      co_return;
    }
    if (!info->has_value() || !(*info)->selectable) {
      reader_.refuse_append(imap::Rejected::Reply::kNo, "TRYCREATE",
                            "there is no mailbox of that name");
      co_return;
    }
    appending_.reset(new Appending(**info, ports_.store.new_body()));
    appending_->message = message;
  } else {
    appending_->body = ports_.store.new_body();
    appending_->summarizer = mime::Summarizer();
    appending_->message = std::move(begin.message);
  }
  reader_.accept_append();
}

/// NUL is in no literal (RFC 9051 §9 CHAR8), so that BODY[] could not give it back; and to encode
/// the part that holds it would break signatures. A message in a literal8 is refused by its own
/// code (RFC 3516 §4.4).
void Session::append_has_nul(imap::AppendMessage::Form form) {
  appending_.reset();
  const bool binary = form == imap::AppendMessage::Form::kLiteral8;
  reader_.refuse_append(imap::Rejected::Reply::kNo, binary ? "UNKNOWN-CTE" : "CANNOT",
                        "the message has a NUL octet, which mail can't hold: encode that part, for "
                        "instance as base64");
}

Task<void> Session::append_data(std::string_view octets) {
  if (!appending_) co_return;
  if (octets.contains('\0')) {
    append_has_nul(appending_->message.form);
    co_return;
  }
  appending_->body.append(octets);
  appending_->summarizer.push(octets);
  if (!appending_->body.wants_spill()) co_return;
  const auto spilled = co_await ports_.store.spill(&appending_->body);
  if (spilled) co_return;
  appending_.reset();
  event::error("imap.store",
               {{event::key::kClient, client_}, {event::key::kError, spilled.error().text}});
  reader_.refuse_append(imap::Rejected::Reply::kNo, "UNAVAILABLE",
                        std::string(not_now(spilled.error())));
}

void Session::append_message_end() {
  if (!appending_) return;
  auto& at = *appending_;
  const auto summary = at.summarizer.finish();
  mailbox::NewMessage message;
  message.mailbox = at.mailbox.id;
  message.flags = at.message.flags.system.bits & mailbox::kAllFlags;
  message.keywords = at.message.flags.keywords;
  message.message.body = at.body.id();
  message.message.size = at.body.size();
  message.message.internal_date = at.message.date
                                      ? UnixTime(std::chrono::seconds(at.message.date->unix_s))
                                      : ports_.clock.now();
  imap::append_envelope(message.message.envelope, summary.envelope);
  message.message.structure = mime::encode(summary.structure);
  message.message.search_header = summary.search_header;
  at.txn.with(std::move(at.body));
  at.done.push_back({account_, std::move(message)});
}

Task<void> Session::append_end(imap::AppendEnd end) {
  tag_ = std::move(end.tag);
  info_ = imap::find_command("APPEND");
  if (!appending_) {
    no("the message could not be stored now, try again", "UNAVAILABLE");
    co_return;
  }
  const auto appending = std::move(appending_);
  const auto placed =
      co_await ports_.mailboxes.deliver(std::move(appending->done), std::move(appending->txn));
  if (!placed) co_return failed(placed.error());
  imap::NumberSet uids;
  for (const auto& at : *placed) uids.add(at.uid.value);
  co_await done("appended", imap::append_uid_code(placed->front().uid_validity, uids));
}

}  // namespace hikyaku::imap_server
