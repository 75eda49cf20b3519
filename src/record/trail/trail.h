// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/task.h"
#include "port/store/store.h"

namespace hikyaku::trail {

/// What happened. The number is stored; never reuse one.
enum class Kind : unsigned char {
  kConnected = 1,   ///< client address, name, listener, helo
  kTls = 2,         ///< version, cipher
  kLogin = 3,       ///< account, mechanism
  kEnvelope = 4,    ///< from, to, size
  kDecision = 5,    ///< a rule, its value, what it decided and why
  kStored = 6,      ///< account, mailbox, uid
  kQueued = 7,      ///< queue id, destination, recipients
  kAttempt = 8,     ///< host, address, TLS, the remote's reply, recipient, outcome
  kDeferred = 9,    ///< why, and when the next attempt is due
  kDelivered = 10,  ///< recipient, host, remote reply
  kFailed = 11,     ///< recipient, why, who must act
  kBounced = 12,    ///< the tracking number of the DSN, to whom
  kExpanded = 13,   ///< alias -> targets
  kRemoved = 14,    ///< by an administrator
};

/// One event: when, what, and its facts as keys and values (names of base/event_keys.h where they
/// fit).
struct Event {
  UnixTime time;
  Kind kind = Kind::kConnected;
  std::vector<std::pair<std::string, std::string>> facts;
};

/// What a message is found by.
struct Head {
  TrackingId id;
  std::string from;             ///< reverse-path, empty for <>
  std::vector<std::string> to;  ///< recipients
  std::string message_id;
};

/// Adds a new message's head and first events to the transaction that takes it in. Bounded: facts
/// over 1 KiB are cut, recipients over 1,000 are counted only.
void add_intake(store::Txn& txn, const Head& head, const std::vector<Event>& events);

/// Adds later events (a delivery attempt) of a message. `part` tells concurrent writers apart
/// (queue id).
void add_events(store::Txn& txn, TrackingId id, QueueId part, const std::vector<Event>& events);

struct Story {
  Head head;
  std::vector<Event> events;  ///< by time
};

/// The whole way of one message. kPermanent when there is none with this number.
Task<Result<Story>> read(store::Store* store, TrackingId id);

struct Query {
  std::string from;  ///< an address, or "@domain"; empty = any
  std::string to;
  std::size_t limit = 50;
};
/// The newest messages that fit, newest first.
Task<Result<std::vector<Head>>> find(store::Store* store, Query query);

/// Erases what is older than `before`, some thousand keys at most a call; returns how many were
/// erased.
Task<Result<std::size_t>> trim(store::Store* store, UnixTime before);

}  // namespace hikyaku::trail
