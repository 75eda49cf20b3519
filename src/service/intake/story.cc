// SPDX-License-Identifier: Apache-2.0
#include "service/intake/story.h"

#include "base/event_keys.h"

namespace hikyaku::intake {
namespace {

namespace key = event::key;
using trail::Kind;

constexpr event::Key kUid{"uid"};
constexpr std::size_t kAddressesTold = 100;  ///< by one event; the head has them all

trail::Event at(UnixTime time, Kind kind) { return {time, kind, {}}; }

void fact(trail::Event* event, event::Key name, std::string value) {
  if (!value.empty()) event->facts.emplace_back(name.name, std::move(value));
}

template <class List, class Text>
void addresses(trail::Event* event, event::Key name, const List& list, Text text) {
  std::size_t told = 0;
  for (const auto& one : list) {
    if (told++ == kAddressesTold) {
      fact(event, key::kCount, std::to_string(list.size()));
      break;
    }
    fact(event, name, text(one));
  }
}

void tell_connection(const Origin& origin, std::vector<trail::Event>* events) {
  if (origin.listener.empty() && origin.client_address.empty()) return;
  auto connected = at(origin.connected, Kind::kConnected);
  fact(&connected, key::kListener, origin.listener);
  fact(&connected, key::kClient, origin.client_address);
  fact(&connected, key::kHost, origin.client_name);
  fact(&connected, key::kHelo, origin.hello);
  events->push_back(std::move(connected));
  if (!origin.tls.empty()) {
    auto tls = at(origin.connected, Kind::kTls);
    fact(&tls, key::kTls, origin.tls);
    events->push_back(std::move(tls));
  }
  if (origin.account) {
    auto login = at(origin.connected, Kind::kLogin);
    fact(&login, key::kAccount, origin.account->address);
    fact(&login, key::kMechanism, origin.mechanism);
    events->push_back(std::move(login));
  }
}

/// Aliases, subaddresses and catch-alls: whatever is not plainly the recipient's own mailbox.
void tell_expansion(const Recipient& recipient, UnixTime now, std::vector<trail::Event>* events) {
  const auto& targets = recipient.targets;
  const auto text = recipient.address.text();
  if (targets.accounts.empty() && targets.remote.size() == 1 && targets.remote.front() == text)
    return;
  if (targets.remote.empty() && targets.accounts.size() == 1 &&
      targets.accounts.front().address == text)
    return;
  auto expanded = at(now, Kind::kExpanded);
  fact(&expanded, key::kAddress, text);
  addresses(&expanded, key::kTo, targets.accounts, [](const auto& one) { return one.address; });
  addresses(&expanded, key::kTo, targets.remote, [](const auto& one) { return one; });
  events->push_back(std::move(expanded));
}

}  // namespace

void tell_places(const Plan& plan, std::span<const mailbox::Placed> placed, UnixTime now,
                 std::vector<trail::Event>* events) {
  for (std::size_t i = 0; i < plan.accounts.size(); ++i) {
    auto stored = at(now, Kind::kStored);
    fact(&stored, key::kAccount, plan.accounts[i].address);
    fact(&stored, key::kMailbox, "INBOX");
    if (i < placed.size()) fact(&stored, kUid, std::to_string(placed[i].uid.value));
    events->push_back(std::move(stored));
  }
  for (const auto& item : plan.items) {
    if (item.destination == queue::kReportDestination) continue;
    auto queued = at(now, Kind::kQueued);
    fact(&queued, key::kQueue, queue::to_text(item.id));
    fact(&queued, key::kDomain, item.destination);
    addresses(&queued, key::kTo, item.recipients, [](const auto& one) { return one.address; });
    events->push_back(std::move(queued));
  }
}

std::vector<trail::Event> tell_intake(const Origin& origin, const Envelope& envelope,
                                      const mime::Summary& summary, const Plan& plan,
                                      std::span<const mailbox::Placed> placed, UnixTime now) {
  std::vector<trail::Event> events;
  tell_connection(origin, &events);
  for (const auto& decision : envelope.decisions) events.push_back(decision);
  auto accepted = at(now, Kind::kEnvelope);
  const auto sender = smtp::text(envelope.reverse_path);
  fact(&accepted, key::kFrom, sender.empty() ? "<>" : sender);
  addresses(&accepted, key::kTo, envelope.recipients,
            [](const auto& one) { return one.address.text(); });
  fact(&accepted, key::kBytes, std::to_string(summary.octets));
  events.push_back(std::move(accepted));
  for (const auto& recipient : envelope.recipients) tell_expansion(recipient, now, &events);
  tell_places(plan, placed, now, &events);
  return events;
}

trail::Head make_head(TrackingId id, const Envelope& envelope, const mime::Summary& summary) {
  trail::Head head;
  head.id = id;
  head.from = smtp::text(envelope.reverse_path);
  for (const auto& recipient : envelope.recipients) head.to.push_back(recipient.address.text());
  head.message_id = summary.envelope.message_id.value_or("");
  return head;
}

}  // namespace hikyaku::intake
