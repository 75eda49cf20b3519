// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/attempt.h"

#include <algorithm>
#include <random>
#include <utility>

#include "port/net/connect.h"
#include "service/delivery/conversation.h"

namespace hikyaku::delivery {
namespace {

constexpr std::size_t kAddressesTriedMax = 6;

class Attempt {
 public:
  Attempt(const Options& options, const Ports& ports, const queue::Item& item, TaskScope* scope)
      : options_(options), ports_(ports), item_(item), scope_(scope) {
    for (const auto& recipient : item.recipients)
      if (recipient.state == queue::State::kWaiting)
        result_.recipients.push_back({recipient.address, {}, {}, {}});
  }

  Task<AttemptResult> run() {
    auto route = co_await dns::route_mail(&ports_.resolver, item_.destination, route_options());
    if (!route) {
      no_route(route.error());
      co_return std::move(result_);
    }
    std::size_t tried = 0;
    for (const auto& host : route->hosts) {
      for (const auto& address : host.addresses) {
        if (tried++ == kAddressesTriedMax || scope_->stopping()) break;
        secure_ = route->secure && host.secure;
        if (co_await try_address(host.name, address)) co_return std::move(result_);
      }
    }
    result_.stopped = scope_->stopping();
    co_return std::move(result_);
  }

 private:
  dns::RouteOptions route_options() const {
    dns::RouteOptions out;
    out.families = options_.families;
    out.own_names = options_.own_names;
    out.own_addresses = options_.own_addresses;
    out.random_below = [](std::uint64_t n) {
      thread_local std::minstd_rand random{std::random_device{}()};
      return std::uniform_int_distribution<std::uint64_t>(0, n - 1)(random);
    };
    return out;
  }

  /// All recipients that nobody has decided on yet.
  void decide_all(smtp::Outcome outcome, const smtp::Reply& reply, const std::string& host) {
    for (auto& recipient : result_.recipients) {
      recipient.outcome = outcome;
      recipient.reply = reply;
      recipient.host = host;
    }
  }

  void no_route(const dns::NoRoute& why) {
    smtp::Reply reply;
    if (const auto status = smtp::parse_enhanced(dns::status_code(why.reason)))
      reply.enhanced = *status;
    reply.text = why.error.text;
    const bool later = why.error.remedy == Remedy::kRetryLater;
    decide_all(later ? smtp::Outcome::kTransient : smtp::Outcome::kPermanent, reply, {});
    note({{"destination", item_.destination}, {"error", why.error.text}});
  }

  using Facts = std::vector<std::pair<std::string, std::string>>;

  Facts facts_of(const std::string& host, const net::IpAddress& address, const Talk& talk) const {
    Facts facts{{"host", host}, {"address", address.text()}, {"tls", talk.tls}};
    if (secure_) facts.emplace_back("dnssec", "secure");
    return facts;
  }

  void note(Facts facts) {
    result_.events.push_back({ports_.clock.now(), trail::Kind::kAttempt, std::move(facts)});
  }

  /// True when the recipients are decided; false: try the next address.
  Task<bool> try_address(std::string host, net::IpAddress address) {
    auto talk = co_await talk_to(host, address, smtp::StartTlsUse::kIfOffered);
    if (talk.tls_failed && !scope_->stopping())
      talk = co_await talk_to(host, address, smtp::StartTlsUse::kNever);
    if (scope_->stopping() && talk.failure) {
      result_.stopped = true;
      co_return true;
    }
    if (talk.failure) {
      decide_all(talk.failure->outcome, talk.failure->reply, host);
      Facts facts = facts_of(host, address, talk);
      facts.emplace_back("reply", talk.failure->reply.one_line());
      note(std::move(facts));
      // What a host says for good, before any recipient was named, another host may say otherwise.
      co_return false;
    }
    for (std::size_t i = 0; i < talk.results.size() && i < result_.recipients.size(); ++i) {
      auto& recipient = result_.recipients[i];
      recipient.outcome = talk.results[i].outcome;
      recipient.reply = talk.results[i].reply;
      recipient.host = host;
      recipient.reports = talk.reports;
      Facts facts = facts_of(host, address, talk);
      facts.emplace_back("to", recipient.address);
      facts.emplace_back("reply", recipient.reply.one_line());
      note(std::move(facts));
    }
    co_return true;
  }

  Task<Talk> talk_to(std::string host, net::IpAddress address, smtp::StartTlsUse tls) {
    net::ConnectOptions connect;
    connect.source = address.is_v4() ? options_.source_v4 : options_.source_v6;
    connect.scope = scope_;
    auto stream = co_await net::connect({address, options_.port, {}}, connect,
                                        net::after(options_.connect_patience));
    if (!stream) {
      Talk talk;
      talk.failure = smtp::ClientFailure{smtp::Stage::kConnect, smtp::Outcome::kTransient,
                                         smtp::Reply{0, {4, 4, 1}, stream.error().text}};
      co_return talk;
    }
    Conversation conversation(options_, ports_, item_, std::move(*stream), std::move(host), tls);
    co_return co_await conversation.run();
  }

  const Options& options_;
  const Ports& ports_;
  const queue::Item& item_;
  TaskScope* scope_;
  AttemptResult result_;
  bool secure_ = false;  ///< MX and addresses of the host being tried are validated by DNSSEC
};

}  // namespace

Task<AttemptResult> attempt(const Options* options, const Ports* ports, queue::Item item,
                            TaskScope* scope) {
  Attempt attempt(*options, *ports, item, scope);
  co_return co_await attempt.run();
}

}  // namespace hikyaku::delivery
