// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
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
#include "protocol/mime/summarizer.h"
#include "protocol/smtp/path.h"
#include "protocol/smtp/server_config.h"
#include "protocol/smtp/transaction.h"
#include "record/directory/directory.h"
#include "record/mailbox/mailbox.h"
#include "record/queue/queue.h"
#include "record/trail/trail.h"

namespace hikyaku::intake {

/// How a message came to us: for Received and the trail. Without listener and client: made by
/// ourselves, and no Received is added.
struct Origin {
  smtp::Role role = smtp::Role::kInbound;
  std::string listener;        ///< "192.0.2.1:25"
  std::string client_address;  ///< "192.0.2.9"; empty: made by ourselves
  std::string client_name;     ///< forward-confirmed, or empty
  std::string hello;
  bool extended = true;
  std::string tls;                            ///< "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty
  std::string mechanism;                      ///< of the login, or empty
  std::optional<directory::Account> account;  ///< who has logged in
  UnixTime connected;
};

/// A recipient that was accepted, and where mail for it goes.
struct Recipient {
  smtp::Address address;
  directory::Targets targets;  ///< of an address elsewhere: itself, as `remote`
  std::string original;        ///< ORCPT as it came
  smtp::Notify notify;
};

struct Envelope {
  smtp::ReversePath reverse_path;
  std::vector<Recipient> recipients;
  std::string envelope_id;  ///< as it came: xtext
  smtp::Ret ret = smtp::Ret::kNotGiven;
  bool eight_bit = false;
  bool smtputf8 = false;  ///< was declared: headers are UTF-8
  /// What was decided before the data came, for the trail.
  std::vector<trail::Event> decisions;
};

/// A message that is coming in. Move-only; dropping it before commit() leaves nothing behind.
class Incoming {
 public:
  Incoming(Incoming&&) noexcept;
  Incoming& operator=(Incoming&&) noexcept;
  ~Incoming();
  [[nodiscard]] TrackingId tracking() const;

 private:
  friend class Intake;
  struct State;
  explicit Incoming(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What became of it.
struct Accepted {
  TrackingId tracking;
  std::vector<mailbox::Placed> placed;
  std::vector<queue::Item> queued;
};

/// Makes messages ours: one durable commit for each, with everything that belongs to it: body,
/// mailbox entries of all local recipients, queue items of the others, trail. When commit() gives a
/// value the message is safe; when it gives an error nothing of it is there.
///
/// In front of the message come Return-Path (which queue items skip) and Received; a submission
/// that lacks Date or Message-ID gets them (RFC 6409 §8). All else stays octet for octet. Local
/// recipients that do not fit one commit wait in the queue, for expand().
/// Threads: any.
/// Errors:  kPermanent for what the message itself forbids (a mail loop, a From that is not the
///          login's), kRetryLater for ours; the text ends with the reason's id in brackets
///          (protocol/smtp/reason.h) where there is one.
class Intake {
 public:
  struct Options {
    std::string host;                      ///< for Received and Message-ID
    std::size_t received_fields_max = 50;  ///< more: a loop (RFC 5321 §6.3)
    std::size_t targets_per_commit_max = 500;
  };

  Intake(Options options, store::Store& store, mailbox::Mailboxes& mailboxes,
         directory::Directory& directory, const Clock& clock);
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;
  ~Intake();

  [[nodiscard]] Incoming begin(Origin origin, Envelope envelope);
  /// Octets of the message, CRLF line ends. Memory stays bounded: large messages go to the disk.
  Task<Status> append(Incoming* incoming, std::string_view octets);
  Task<Result<Accepted>> commit(Incoming incoming);

  /// Where mail for an address goes: for messages of our own (reports). An address elsewhere leads
  /// to itself; nullopt when it is ours and nobody has it.
  Task<Result<std::optional<Recipient>>> resolve(smtp::Address address);

  /// Puts an item for queue::kLocalDestination into the mailboxes of its recipients (and what an
  /// alias among them leads to elsewhere, into the queue), in commits of bounded size that mark
  /// them off. Gives the item as the store then has it when a recipient failed for good (State::
  /// kFailed, with the reason): report it, and remove it. nullopt: all had it, the item is gone.
  /// Errors: kRetryLater; what was not marked off waits.
  Task<Result<std::optional<queue::Item>>> expand(queue::Item item);

  /// Told of each queue item after its commit, in the committing session's thread: delivery wakes
  /// up. Set once, before the first message.
  void on_queued(std::function<void(const queue::Item&)> listener);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hikyaku::intake
