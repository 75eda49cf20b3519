// SPDX-License-Identifier: Apache-2.0
#include "service/intake/intake.h"

#include <algorithm>

#include "port/crypto/random.h"
#include "protocol/imap/response/envelope.h"
#include "protocol/smtp/reason.h"
#include "record/trail/tracking.h"
#include "service/intake/front.h"
#include "service/intake/impl.h"
#include "service/intake/story.h"

namespace hikyaku::intake {
namespace {

namespace reason = smtp::reason;

constexpr std::size_t kTokenOctets = 16;

std::string with_id(const smtp::Reason& why, std::string_view detail) {
  return std::string(why.text) + ": " + std::string(detail) + " [" + std::string(why.id) + "]";
}

std::unexpected<Error> store_failed(Error error) {
  const bool full = error.cause == Cause::kDiskFull;
  error.text = with_id(full ? reason::kDiskFull : reason::kStoreBusy, error.text);
  return std::unexpected(std::move(error));
}

}  // namespace

Incoming::Incoming(std::unique_ptr<State> state) : state_(std::move(state)) {}
Incoming::Incoming(Incoming&&) noexcept = default;
Incoming& Incoming::operator=(Incoming&&) noexcept = default;
Incoming::~Incoming() = default;
TrackingId Incoming::tracking() const { return state_->tracking; }

Intake::Intake(Options options, store::Store& store, mailbox::Mailboxes& mailboxes,
               directory::Directory& directory, const Clock& clock)
    : impl_(new Impl{std::move(options), store, mailboxes, directory, clock, {}}) {}
Intake::~Intake() = default;

void Intake::on_queued(std::function<void(const queue::Item&)> listener) {
  impl_->queued = std::move(listener);
}

Incoming Intake::begin(Origin origin, Envelope envelope) {
  auto state = std::make_unique<Incoming::State>(trail::next_tracking(impl_->clock),
                                                 impl_->store.new_body());
  state->origin = std::move(origin);
  state->envelope = std::move(envelope);
  return Incoming(std::move(state));
}

Task<Status> Intake::append(Incoming* incoming, std::string_view octets) {
  auto& state = *incoming->state_;
  state.header.push(octets);
  state.summarizer.push(octets);
  state.body.append(octets);
  if (!state.body.wants_spill()) co_return Status();
  auto spilled = co_await impl_->store.spill(&state.body);
  if (!spilled) co_return store_failed(std::move(spilled).error());
  co_return Status();
}

Task<Status> Intake::Impl::check_from(AccountId account, const mime::Envelope* envelope) {
  std::size_t senders = 0;
  for (const auto& address : envelope->from) {
    if (address.kind != mime::Address::Kind::kMailbox) continue;
    ++senders;
    const auto spec = address.spec();
    HK_CO_ASSIGN(const bool owns, co_await directory.owns_address(account, spec));
    if (!owns) co_return permanent(with_id(reason::kFromOwner, "<" + spec + ">"));
  }
  if (senders == 0) co_return permanent(with_id(reason::kBadMessage, "no address in From"));
  co_return Status();
}

Task<Status> Intake::Impl::check(const Incoming::State* incoming, const mime::Envelope* envelope) {
  if (incoming->header.received_fields() > options.received_fields_max)  // RFC 5321 §6.3
    co_return permanent(with_id(
        reason::kLoop, "more than " + std::to_string(options.received_fields_max) + " of them"));
  if (!incoming->origin.account) co_return Status();
  // Of two From fields each reader believes another one.
  if (incoming->header.from_fields() > 1)
    co_return permanent(with_id(reason::kBadMessage, "more than one From field"));
  co_return co_await check_from(incoming->origin.account->id, envelope);
}

mailbox::Message make_message(BodyId body, const mime::Summary& summary, UnixTime now) {
  mailbox::Message out;
  out.body = body;
  out.size = summary.octets;
  out.internal_date = now;
  imap::append_envelope(out.envelope, summary.envelope);
  out.structure = mime::encode(summary.structure);
  out.search_header = summary.search_header;
  if (out.envelope.size() + out.structure.size() > mailbox::kSummaryOctetsMax) {
    out.envelope.clear();
    out.structure.clear();
  }
  return out;
}

Task<Status> Intake::Impl::submit(store::Txn txn) {
  const auto token = crypto::random_octets(kTokenOctets);
  txn.token = token;
  const auto result = co_await store.submit(std::move(txn));
  if (result.outcome == store::Outcome::kCommitted) co_return Status();
  if (result.outcome == store::Outcome::kUnknown) {
    auto happened = co_await store.resolve(token);
    if (!happened) co_return store_failed(std::move(happened).error());
    if (*happened) co_return Status();
  }
  const bool conflict = result.outcome == store::Outcome::kConflict;
  co_return store_failed(
      {Remedy::kRetryLater, conflict ? "changed meanwhile" : result.error, result.cause});
}

Task<Result<std::vector<mailbox::Placed>>> Intake::Impl::store_message(
    std::vector<directory::Account> accounts, mailbox::Message message, store::Txn txn,
    mailbox::TellPlaced tell) {
  if (accounts.empty()) {
    tell({}, txn);
    HK_CO_TRY(co_await submit(std::move(txn)));
    co_return std::vector<mailbox::Placed>();
  }
  std::vector<mailbox::Target> targets;
  for (const auto& account : accounts) {
    auto opened = co_await mailboxes.open(account.id);
    // Whatever is wrong with an account that the directory knows is ours to mend.
    if (!opened) co_return store_failed(std::move(opened).error());
    targets.push_back({*std::move(opened), {.message = message}});
  }
  auto placed = co_await mailboxes.deliver(std::move(targets), std::move(txn), std::move(tell));
  if (!placed) co_return store_failed(std::move(placed).error());
  co_return placed;
}

Task<Result<Accepted>> Intake::commit(Incoming incoming) {
  auto& state = *incoming.state_;
  const auto& envelope = state.envelope;
  const auto now = impl_->clock.now();
  auto summary = state.summarizer.finish();
  HK_CO_TRY(co_await impl_->check(&state, &summary.envelope));
  auto front = make_front(impl_->options, state.origin, envelope, state.tracking, now, &summary);
  state.body.set_front(std::move(front.octets));
  auto message = make_message(state.body.id(), summary, now);
  const ItemFacts facts{.tracking = state.tracking,
                        .sender = smtp::text(envelope.reverse_path),
                        .envelope_id = envelope.envelope_id,
                        .ret = static_cast<std::uint8_t>(envelope.ret),
                        .body = state.body.id(),
                        .skip_octets = front.skip_octets,
                        .size = state.body.size() - front.skip_octets,
                        .eight_bit = envelope.eight_bit,
                        .utf8_header = envelope.smtputf8 && summary.utf8_header,
                        .now = now};
  const auto accounts_max = impl_->options.targets_per_commit_max;
  // Once to see what the queue and the trail need, and again with what is then left for accounts.
  store::Txn txn;
  std::size_t bytes = 0;
  Plan plan;
  for (auto fit = accounts_max;;) {
    plan = make_plan(envelope.recipients, fit, facts, impl_->clock);
    txn = store::Txn();
    for (const auto& item : plan.items) queue::add(txn, item);
    store::Txn told;
    trail::add_intake(told, make_head(state.tracking, envelope, summary),
                      tell_intake(state.origin, envelope, summary, plan, {}, now));
    bytes = bytes_of(txn) + bytes_of(told);
    const auto fits = accounts_that_fit(bytes, message.bytes(), accounts_max);
    if (plan.accounts.size() <= fits) break;
    fit = std::min(fits, fit / 2);
  }
  if (plan.accounts.empty() && plan.items.empty())
    co_return permanent(with_id(reason::kRcptUnknown, "the message has no recipient"));
  if (bytes > store::kTxnBytesMax * 9 / 10)
    co_return retry_later(with_id(reason::kTooManyRecipients, "they lead to too many addresses"));
  txn.with(std::move(state.body));
  const mailbox::TellPlaced tell = [&](std::span<const mailbox::Placed> placed, store::Txn& to) {
    trail::add_intake(to, make_head(state.tracking, envelope, summary),
                      tell_intake(state.origin, envelope, summary, plan, placed, now));
  };
  HK_CO_ASSIGN(auto placed, co_await impl_->store_message(plan.accounts, std::move(message),
                                                          std::move(txn), tell));
  if (impl_->queued)
    for (const auto& item : plan.items) impl_->queued(item);
  co_return Accepted{state.tracking, std::move(placed), std::move(plan.items)};
}

Task<Result<std::optional<Recipient>>> Intake::resolve(smtp::Address address) {
  HK_CO_ASSIGN(auto found, co_await impl_->directory.lookup(address.text()));
  Recipient out;
  if (auto* targets = std::get_if<directory::Targets>(&found))
    out.targets = std::move(*targets);
  else if (std::holds_alternative<directory::NotLocal>(found))
    out.targets.remote.push_back(address.text());
  else
    co_return std::nullopt;
  out.address = std::move(address);
  co_return std::optional<Recipient>(std::move(out));
}

}  // namespace hikyaku::intake
