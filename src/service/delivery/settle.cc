// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/settle.h"

#include <algorithm>
#include <utility>

#include "protocol/smtp/notify.h"
#include "protocol/smtp/utf8_address.h"

namespace hikyaku::delivery {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

/// The time is over: what the remote said last stands in the report, after why we give up.
smtp::Reply given_up(const smtp::Reply& last, const policy::RetryPlan& plan) {
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(plan.lifetime).count();
  const auto for_how_long =
      hours >= 48 ? std::to_string(hours / 24) + " days" : std::to_string(hours) + " hours";
  return smtp::Reply{
      0,
      {5, 4, 7},
      "not delivered within " + for_how_long + "; the last answer was: " + last.one_line()};
}

dsn::Recipient reported(const queue::Recipient& recipient, const AttemptResult::Recipient& outcome,
                        dsn::Action action, UnixTime now) {
  dsn::Recipient out;
  if (auto address = smtp::parse_address(recipient.address, smtp::Utf8::kAllow))
    out.address = *std::move(address);
  out.original = smtp::shown_orcpt(recipient.original);
  out.action = action;
  out.reply = outcome.reply;
  out.remote_host = outcome.host;
  out.last_attempt = now;
  return out;
}

/// What became of a recipient without a remote host.
dsn::Recipient reported_here(const queue::Recipient& recipient, dsn::Action action, UnixTime now) {
  AttemptResult::Recipient outcome;
  if (action == dsn::Action::kFailed)
    outcome.reply = smtp::Reply{0, {5, 1, 1}, recipient.last_reply};
  else
    outcome.reply.enhanced = {2, 1, 5};
  return reported(recipient, outcome, action, now);
}

}  // namespace

Settlement report_only(const queue::Item& item, UnixTime now) {
  Settlement out;
  out.item = item;
  out.finished = true;
  for (const auto& recipient : item.recipients) {
    const bool expanded = recipient.state == queue::State::kExpanded;
    out.done.push_back(
        reported_here(recipient, expanded ? dsn::Action::kExpanded : dsn::Action::kDelivered, now));
  }
  return out;
}

Settlement failed_here(const queue::Item& item, UnixTime now) {
  Settlement out;
  out.item = item;
  out.finished = true;
  for (const auto& recipient : item.recipients)
    if (recipient.state == queue::State::kFailed && smtp::Notify(recipient.notify).failure())
      out.failed.push_back(reported_here(recipient, dsn::Action::kFailed, now));
  return out;
}

Settlement settle(const queue::Item& before, const AttemptResult& result,
                  const policy::RetryPlan& plan, UnixTime now, double random) {
  Settlement out;
  out.item = before;
  out.events = result.events;
  if (!result.put_off_until) ++out.item.attempts;
  const bool over = plan.expired(before.created, now);
  std::vector<std::pair<const queue::Recipient*, AttemptResult::Recipient>> waiting;
  std::size_t next = 0;
  auto event = [&](trail::Kind kind, Facts facts) {
    out.events.push_back({now, kind, std::move(facts)});
  };
  for (auto& recipient : out.item.recipients) {
    if (recipient.state != queue::State::kWaiting) continue;
    auto outcome =
        next < result.recipients.size() ? result.recipients[next] : AttemptResult::Recipient{};
    ++next;
    if (outcome.outcome != smtp::Outcome::kDelivered &&
        outcome.outcome != smtp::Outcome::kPermanent && over) {
      outcome.reply = given_up(outcome.reply, plan);
      outcome.outcome = smtp::Outcome::kPermanent;
    }
    recipient.last_reply = outcome.reply.one_line();
    const smtp::Notify wanted(recipient.notify);
    const Facts facts{
        {"to", recipient.address}, {"host", outcome.host}, {"reply", recipient.last_reply}};
    switch (outcome.outcome) {
      case smtp::Outcome::kDelivered:
        recipient.state = queue::State::kDelivered;
        event(trail::Kind::kDelivered, facts);
        // RFC 3461 §5.2.2 (b): where the report would end, it is ours.
        if (wanted.success() && !outcome.reports)
          out.done.push_back(reported(recipient, outcome, dsn::Action::kRelayed, now));
        break;
      case smtp::Outcome::kPermanent:
        recipient.state = queue::State::kFailed;
        event(trail::Kind::kFailed, facts);
        if (wanted.failure())
          out.failed.push_back(reported(recipient, outcome, dsn::Action::kFailed, now));
        break;
      default: waiting.emplace_back(&recipient, std::move(outcome)); break;
    }
  }
  out.finished = waiting.empty();
  if (out.finished) return out;
  out.item.due = plan.next_attempt(before.created, out.item.attempts, now, random);
  // Put off: with its site, but not beyond its own time, when it is to be given up.
  if (result.put_off_until)
    out.item.due = std::max(now + Duration(std::chrono::seconds(1)),
                            std::min(*result.put_off_until, plan.expires(before.created)));
  event(trail::Kind::kDeferred,
        {{"reply", waiting.front().second.reply.one_line()},
         {"next_s",
          std::to_string(std::chrono::ceil<std::chrono::seconds>(out.item.due - now).count())}});
  if (before.delay_warned || !plan.warning_due(before.created, now)) return out;
  out.item.delay_warned = true;
  for (const auto& [recipient, outcome] : waiting) {
    if (!smtp::Notify(recipient->notify).delay()) continue;
    out.delayed.push_back(reported(*recipient, outcome, dsn::Action::kDelayed, now));
    out.delayed.back().retry_until = plan.expires(before.created);
  }
  return out;
}

}  // namespace hikyaku::delivery
