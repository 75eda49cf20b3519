// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/line.h"

#include <algorithm>
#include <utility>

#include "port/net/connect.h"
#include "service/delivery/route.h"

namespace hikyaku::delivery {
namespace {

constexpr std::size_t kAddressesTriedMax = 6;
constexpr std::size_t kMessagesMax = 100;  ///< for one connection
constexpr Duration kConnectionLives = std::chrono::minutes(5);
constexpr Duration kIdlePatience = std::chrono::seconds(5);

using Facts = std::vector<std::pair<std::string, std::string>>;
using Feedback = Schedule::Feedback;

/// Nothing of the message was taken, and it may be this connection's fault.
bool worth_a_new_one(const Talk& talk) {
  if (talk.final_sent) return false;
  if (talk.failure) return true;
  return std::ranges::any_of(talk.results, [](const smtp::RecipientResult& one) {
    return one.stage == smtp::Stage::kMail && feedback_of(one.reply) == Feedback::kTooMuch;
  });
}

}  // namespace

struct Line::Trial {
  queue::Item item;
  AttemptResult result;

  /// All recipients that nobody has decided on yet.
  void decide_all(smtp::Outcome outcome, const smtp::Reply& reply, const std::string& host) {
    for (auto& recipient : result.recipients) {
      recipient.outcome = outcome;
      recipient.reply = reply;
      recipient.host = host;
    }
  }

  void no_route(const dns::NoRoute& why, UnixTime now) {
    smtp::Reply reply;
    if (const auto status = smtp::parse_enhanced(dns::status_code(why.reason)))
      reply.enhanced = *status;
    reply.text = why.error.text;
    const bool later = why.error.remedy == Remedy::kRetryLater;
    decide_all(later ? smtp::Outcome::kTransient : smtp::Outcome::kPermanent, reply, {});
    result.events.push_back({now,
                             trail::Kind::kAttempt,
                             {{"destination", item.destination}, {"error", why.error.text}}});
    result.news = {later ? Feedback::kFailed : Feedback::kNone, reply.text, {}};
    result.no_connection = true;
  }
};

Task<AttemptResult> Line::deliver(queue::Item item, std::uint64_t order) {
  Trial trial{std::move(item), {}};
  for (const auto& recipient : trial.item.recipients)
    if (recipient.state == queue::State::kWaiting)
      trial.result.recipients.push_back({recipient.address, {}, {}, {}});
  const bool fits = usable() && order == order_ && talk_->messages() < kMessagesMax &&
                    ports_.clock.steady_now() - since_ < kConnectionLives;
  if (!fits || !co_await use_open(&trial)) {
    co_await hang_up();
    co_await use_new(&trial);
  }
  co_return std::move(trial.result);
}

/// False: the message is to go over a new connection.
Task<bool> Line::use_open(Trial* trial) {
  auto talk = co_await talk_->send(&trial->item);
  if (scope_->stopping() && talk.failure && !talk.final_sent) {
    trial->result.untouched = true;
    co_return true;
  }
  if (talk_->chunking_refused()) {
    chunking_ = false;
    co_return false;
  }
  if (worth_a_new_one(talk)) co_return false;
  take(trial, std::move(talk));
  co_return true;
}

Task<void> Line::use_new(Trial* trial) {
  auto& result = trial->result;
  const auto route = co_await find_route(&options_, &ports_, trial->item.destination);
  if (!route) {
    trial->no_route(route.error(), ports_.clock.now());
    co_return;
  }
  order_ = way_of(*route).order;
  std::size_t tried = 0;
  for (const auto& host : route->hosts) {
    for (const auto& address : host.addresses) {
      if (tried++ == kAddressesTriedMax || scope_->stopping()) break;
      if (co_await try_address(trial, host.name, address, route->secure && host.secure)) co_return;
    }
  }
  result.no_connection = true;
  result.untouched = scope_->stopping();
}

Task<std::optional<smtp::ClientFailure>> Line::call_host(std::string host, net::IpAddress address) {
  auto failure = co_await connect(host, address, smtp::StartTlsUse::kIfOffered);
  if (failure && talk_ != nullptr && talk_->tls_failed() && !scope_->stopping())
    failure = co_await connect(host, address, smtp::StartTlsUse::kNever);
  co_return failure;
}

/// True when the recipients are decided; false: try the next address.
Task<bool> Line::try_address(Trial* trial, std::string host, net::IpAddress address, bool secure) {
  address_ = address.text();
  secure_ = secure;
  auto failure = co_await call_host(host, address);
  auto& result = trial->result;
  std::optional<Talk> talk;
  if (!failure) talk = co_await talk_->send(&trial->item);
  if (talk && talk_->chunking_refused() && !scope_->stopping()) {
    chunking_ = false;
    failure = co_await call_host(host, address);
    if (!failure) talk = co_await talk_->send(&trial->item);
  }
  if (!failure) {
    result.untouched = scope_->stopping() && talk->failure && !talk->final_sent;
    if (!result.untouched) take(trial, *std::move(talk));
    co_return true;
  }
  const auto tls = talk_ == nullptr ? "none" : talk_->tls();
  talk_.reset();
  if (scope_->stopping()) {
    result.untouched = true;
    co_return true;
  }
  trial->decide_all(failure->outcome, failure->reply, host);
  Facts facts{{"host", host}, {"address", address_}, {"tls", tls}};
  if (secure_) facts.emplace_back("dnssec", "secure");
  facts.emplace_back("reply", failure->reply.one_line());
  result.events.push_back({ports_.clock.now(), trail::Kind::kAttempt, std::move(facts)});
  const bool refused = failure->outcome == smtp::Outcome::kPermanent;
  result.news = {refused ? Feedback::kAnswered : Feedback::kFailed, failure->reply.one_line(),
                 host};
  // What a host says for good, before any recipient was named, another host may say otherwise.
  co_return false;
}

Task<std::optional<smtp::ClientFailure>> Line::connect(std::string host, net::IpAddress address,
                                                       smtp::StartTlsUse tls) {
  talk_.reset();
  broken_ = false;
  net::ConnectOptions how;
  how.source = address.is_v4() ? options_.source_v4 : options_.source_v6;
  how.scope = scope_;
  auto stream = co_await net::connect({address, options_.port, {}}, how,
                                      net::after(options_.connect_patience));
  if (!stream)
    co_return smtp::ClientFailure{smtp::Stage::kConnect, smtp::Outcome::kTransient,
                                  smtp::Reply{0, {4, 4, 1}, stream.error().text}};
  since_ = ports_.clock.steady_now();
  talk_ = std::make_unique<Conversation>(options_, ports_, *std::move(stream), std::move(host), tls,
                                         chunking_);
  co_return co_await talk_->open();
}

/// What the dialogue brought, for each recipient.
void Line::take(Trial* trial, Talk talk) {
  auto& result = trial->result;
  const auto& host = talk_->host();
  auto& news = result.news;
  delivered_ = std::ranges::any_of(talk.results, [](const smtp::RecipientResult& one) {
    return one.outcome == smtp::Outcome::kDelivered;
  });
  if (talk.failure) news = {feedback_of(talk.failure->reply), talk.failure->reply.one_line(), host};
  for (std::size_t i = 0; i < talk.results.size() && i < result.recipients.size(); ++i) {
    auto& recipient = result.recipients[i];
    recipient.outcome = talk.results[i].outcome;
    recipient.reply = talk.results[i].reply;
    recipient.host = host;
    recipient.reports = talk_->reports();
    Facts facts{{"host", host}, {"address", address_}, {"tls", talk_->tls()}};
    if (secure_) facts.emplace_back("dnssec", "secure");
    facts.emplace_back("to", recipient.address);
    facts.emplace_back("reply", recipient.reply.one_line());
    result.events.push_back({ports_.clock.now(), trail::Kind::kAttempt, std::move(facts)});
    if (talk.failure) continue;
    const auto told = feedback_of(recipient.reply);
    if (told > news.feedback) news = {told, recipient.reply.one_line(), host};
  }
}

Task<void> Line::park() {
  const auto ready = co_await talk_->stream().idle(net::after(kIdlePatience));
  // What a server says unasked is its goodbye (RFC 5321 §3.8), or it has hung up. When only the
  // time is over, the connection is good for a QUIT.
  broken_ = ready && *ready == net::Ready::kInput;
}

Task<void> Line::hang_up() {
  if (talk_ == nullptr) co_return;
  if (!broken_) co_await talk_->quit();
  talk_.reset();
  broken_ = false;
}

}  // namespace hikyaku::delivery
