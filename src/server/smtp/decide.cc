// SPDX-License-Identifier: Apache-2.0
// Who may send what to whom.
#include <algorithm>

#include "base/event.h"
#include "base/event_keys.h"
#include "port/dns/reverse.h"
#include "protocol/smtp/reason.h"
#include "server/smtp/session.h"

namespace hikyaku::smtp_server {
namespace {

namespace key = event::key;
namespace reason = smtp::reason;

std::string in_brackets(const smtp::Address& address) { return "<" + address.text() + ">"; }

bool is_postmaster(const smtp::Address& address) {
  return std::ranges::equal(address.local, std::string_view("postmaster"),
                            [](char a, char b) { return (a | 0x20) == b; });
}

void log_refusal(const intake::Origin& origin, std::string_view subject, const smtp::Reply& reply) {
  event::info("smtp.refused", {{key::kClient, origin.client_address},
                               {key::kAddress, subject},
                               {key::kReply, reply.one_line()}});
}

}  // namespace

bool Session::may_relay() const {
  if (origin_.account.has_value()) return true;
  return net::in_any(options_.relay_networks, stream_->peer());
}

Task<void> Session::decide_mail(smtp::NeedMail question) {
  forget_transaction();
  // RFC 6409 §6.1: the sender must be the account's own. The null reverse-path is for the receipts
  // that mail programs send.
  if (origin_.account && question.reverse_path) {
    const auto address = question.reverse_path->text();
    const auto owns = co_await ports_.directory.owns_address(origin_.account->id, address);
    if (!owns) {
      smtp_.refuse(smtp::refusal(reason::kDirectoryBusy));
      co_return;
    }
    if (!*owns) {
      auto reply = smtp::refusal(reason::kNotOwner, in_brackets(*question.reverse_path));
      log_refusal(origin_, address, reply);
      smtp_.refuse(std::move(reply));
      co_return;
    }
  }
  co_await find_client_name();
  smtp_.accept();
}

Task<void> Session::find_client_name() {
  if (name_looked_up_ || ports_.resolver == nullptr) co_return;
  name_looked_up_ = true;
  if (!stream_->peer().path.empty() || stream_->peer().address.is_loopback()) co_return;
  origin_.client_name = co_await dns::confirmed_name(ports_.resolver, stream_->peer().address,
                                                     options_.lookup_patience);
}

Task<void> Session::accept_lookup(smtp::Recipient recipient, directory::Targets targets) {
  const auto count = targets.accounts.size() + targets.remote.size();
  // One commit takes so many; the client sends the message again for the rest (RFC 5321
  // §4.5.3.1.10).
  if (targets_ != 0 && targets_ + count > options_.targets_max) {
    smtp_.refuse(smtp::refusal(reason::kTooManyRecipients));
    co_return;
  }
  targets_ += count;
  recipients_.push_back({std::move(recipient.address), std::move(targets),
                         std::move(recipient.params.original), recipient.params.notify});
  smtp_.accept();
}

Task<void> Session::decide_rcpt(smtp::NeedRcpt question) {
  const auto address = question.recipient.address;
  auto lookup = co_await ports_.directory.lookup(address.domain.empty() ? options_.postmaster
                                                                        : address.text());
  if (lookup && !std::holds_alternative<directory::Targets>(*lookup) && is_postmaster(address) &&
      !std::holds_alternative<directory::NotLocal>(*lookup) && !options_.postmaster.empty()) {
    // RFC 5321 §4.5.1: postmaster is always reachable.
    lookup = co_await ports_.directory.lookup(options_.postmaster);
  }
  if (!lookup) {
    event::warn("smtp.directory", {{key::kError, lookup.error().text}});
    smtp_.refuse(smtp::refusal(reason::kDirectoryBusy));
    co_return;
  }
  if (auto* targets = std::get_if<directory::Targets>(&*lookup)) {
    co_await accept_lookup(question.recipient, std::move(*targets));
    co_return;
  }
  if (std::holds_alternative<directory::NotLocal>(*lookup) && may_relay()) {
    directory::Targets elsewhere;
    elsewhere.remote.push_back(address.text());
    co_await accept_lookup(question.recipient, std::move(elsewhere));
    co_return;
  }
  const bool unknown = std::holds_alternative<directory::UnknownLocal>(*lookup);
  auto reply =
      smtp::refusal(unknown ? reason::kRcptUnknown : reason::kRelayDenied, in_brackets(address));
  log_refusal(origin_, address.text(), reply);
  smtp_.refuse(std::move(reply));
}

}  // namespace hikyaku::smtp_server
