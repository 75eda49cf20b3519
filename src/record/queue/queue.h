// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/task.h"
#include "port/store/store.h"

namespace hikyaku::queue {

/// More recipients of one destination become several items.
inline constexpr std::size_t kRecipientsMax = 50;
inline constexpr std::size_t kReplyOctetsMax = 512;  ///< of Recipient::last_reply; cut beyond
/// Destination of an item whose recipients are ours: not sent anywhere, but expanded and put into
/// mailboxes by intake::Intake::expand (an alias of very many people).
inline constexpr std::string_view kLocalDestination = "(local)";

/// Destination of an item whose recipients are decided: their sender asked to be told (RFC 3461
/// §4.1 SUCCESS), and a report is due.
inline constexpr std::string_view kReportDestination = "(report)";

/// What became of one recipient so far.
enum class State : unsigned char {
  kWaiting = 1,
  kDelivered = 2,
  kFailed = 3,
  kExpanded = 4,  ///< an alias that leads to several: sent on to all of them
};

struct Recipient {
  std::string address;      ///< forward-path without brackets
  std::string original;     ///< ORCPT as it came (a type, ";", xtext), or empty (RFC 3461 §4.2)
  std::uint8_t notify = 0;  ///< smtp::Notify::bits(): NOTIFY of RFC 3461 §4.1
  State state = State::kWaiting;
  std::string last_reply;  ///< of the remote server, or our own reason; one line
};

/// One message for one destination domain, waiting to be delivered.
struct Item {
  QueueId id;
  TrackingId tracking;
  std::string sender;       ///< reverse-path; empty = <>, never bounced
  std::string envelope_id;  ///< ENVID of RFC 3461 as it came (xtext), or empty
  std::uint8_t ret = 0;     ///< RET: 0 not given, 1 FULL, 2 HDRS
  std::string destination;  ///< domain or address literal of all its recipients, small letters
  std::vector<Recipient> recipients;
  BodyId body;
  std::uint64_t skip_octets = 0;  ///< of the body, that are not sent on (our Return-Path line)
  std::uint64_t size = 0;         ///< octets that are sent
  bool eight_bit = false;         ///< BODY=8BITMIME was declared
  bool smtputf8 = false;          ///< an address or a header is not ASCII: needs RFC 6531
  UnixTime created;
  UnixTime due;
  std::uint32_t attempts = 0;
  bool delay_warned = false;
};

/// Puts a new item into the transaction that takes the message in, and holds its body; the item's
/// id must be set (next_id), and it has 1 … kRecipientsMax recipients.
void add(store::Txn& txn, const Item& item);

/// As text: 13 characters, as in trail::to_text.
[[nodiscard]] QueueId next_id(const Clock& clock);
[[nodiscard]] std::string to_text(QueueId id);
[[nodiscard]] std::optional<QueueId> parse_id(std::string_view text);

/// Replaces `before` by `after` (attempts, due, recipients' states), provided nobody changed it
/// meanwhile (else Outcome::kConflict: read it again).
void update(store::Txn& txn, const Item& before, const Item& after);
/// Takes the item out, under the same condition, and drops its hold on the body.
void remove(store::Txn& txn, const Item& item);

/// nullopt when it is gone.
Task<Result<std::optional<Item>>> read(store::Store* store, QueueId id);

/// Whom a message is from, short enough to be kept for all that wait: the sender's domain, and the
/// sender within it without what follows a "+". Two senders may share a key; 0 is the null sender.
struct SenderKey {
  std::uint32_t domain = 0;
  std::uint32_t local = 0;
  auto operator<=>(const SenderKey&) const = default;
};
[[nodiscard]] SenderKey sender_key(std::string_view sender);

struct Due {
  UnixTime due;
  QueueId id;
  std::string destination;
  SenderKey sender{};
};
/// The due index, earliest first, from `after` on: how the owner fills its heap at the start.
/// Cheap: reads no item.
Task<Result<std::vector<Due>>> due(store::Store* store, std::optional<Due> after,
                                   std::size_t limit);

struct Filter {
  std::string sender, recipient;  ///< empty = any; "user@example.org", or a whole domain
  std::string destination;        ///< empty = any
  std::size_t limit = 100;
};
/// Items that fit, oldest first.
Task<Result<std::vector<Item>>> list(store::Store* store, Filter filter);

/// How many items wait.
Task<Result<std::uint64_t>> count(store::Store* store);

}  // namespace hikyaku::queue
