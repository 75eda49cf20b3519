// SPDX-License-Identifier: Apache-2.0
// What the network says.
#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "app/machine_check.h"
#include "base/task_scope.h"
#include "port/dns/reverse.h"
#include "port/net/connect.h"
#include "port/net/loop.h"

namespace hikyaku::app {
namespace {

using dns::Type;

constexpr auto kDnsPatience = std::chrono::seconds(4);
constexpr auto kConnectPatience = std::chrono::seconds(3);
/// Domains whose mail servers are always there.
constexpr std::array kKnownDomains{"gmail.com", "outlook.com"};
constexpr std::size_t kReverseMax = 8;

Duration left(SteadyTime deadline) {
  const auto rest = deadline - std::chrono::steady_clock::now();
  return std::max(std::chrono::duration_cast<Duration>(rest), Duration(1));
}

std::string value_of(Type type, const std::string& rdata) {
  switch (type) {
    case Type::kA: return dns::text_of_a(rdata);
    case Type::kAaaa: return dns::text_of_aaaa(rdata);
    case Type::kPtr: return dns::parse_name(rdata).value_or("");
    case Type::kMx: {
      const auto mx = dns::parse_mx(rdata);
      return mx ? mx->host : std::string();
    }
    default: return {};
  }
}

Task<void> look_up(dns::Resolver* resolver, std::string name, Type type, SteadyTime deadline,
                   Lookup* out) {
  const auto answer = co_await resolver->query(std::move(name), type, left(deadline));
  using Status = dns::Answer::Status;
  if (answer.status == Status::kFailed || answer.status == Status::kBogus) {
    out->status = Lookup::Status::kFailed;
    out->why = answer.why;
    co_return;
  }
  for (const auto& rdata : answer.records)
    if (auto value = value_of(type, rdata); !value.empty()) out->values.push_back(std::move(value));
  out->status = out->values.empty() ? Lookup::Status::kNone : Lookup::Status::kFound;
}

/// Both families together: found when one is, failed when it can not be told.
Lookup merged(Lookup four, Lookup six) {
  std::ranges::move(six.values, std::back_inserter(four.values));
  if (!four.values.empty())
    four.status = Lookup::Status::kFound;
  else if (six.status == Lookup::Status::kFailed)
    four = std::move(six);
  return four;
}

struct Greeting {
  enum class Status : unsigned char { kGreeted, kSilent, kNoName } status = Status::kNoName;
  Told detail;
};

/// Whether a mail server of the domain says hello.
Task<void> try_mail_server(dns::Resolver* resolver, std::string domain, SteadyTime dns_deadline,
                           Greeting* out) {
  Lookup hosts;
  co_await look_up(resolver, domain, Type::kMx, dns_deadline, &hosts);
  Lookup addresses;
  if (!hosts.values.empty())
    co_await look_up(resolver, hosts.values.front(), Type::kA, dns_deadline, &addresses);
  if (addresses.values.empty()) {
    out->detail = hosts.values.empty() ? hosts.why : addresses.why;
    co_return;
  }
  const auto& host = hosts.values.front();
  out->status = Greeting::Status::kSilent;
  const auto deadline = net::after(kConnectPatience);
  const auto address = net::IpAddress::parse(addresses.values.front());
  if (!address) co_return;
  auto stream = co_await net::connect(net::Endpoint{*address, 25, {}}, {}, deadline);
  if (!stream) {
    out->detail = told(Words{"{0}: {1}", "{0}: {1}"}, host, stream.error());
    co_return;
  }
  const auto readable = co_await (*stream)->readable(deadline);
  auto buffer = net::Loop::current()->read_buffer();
  Result<std::size_t> got = 0;
  if (readable) got = co_await (*stream)->read_some(buffer, deadline);
  // Something in between may take the connection and say nothing: only a greeting counts.
  const bool greeted = readable && got && std::string_view(buffer.data(), *got).starts_with("220");
  out->status = greeted ? Greeting::Status::kGreeted : Greeting::Status::kSilent;
  out->detail =
      greeted ? verbatim(host) : told(Words{"{0}: no greeting", "{0}: 挨拶がありません"}, host);
  if (greeted)
    ignore(co_await (*stream)->write("QUIT\r\n", std::chrono::milliseconds(200)), "a courtesy");
  (*stream)->close();
}

void conclude_outwards(const std::array<Greeting, kKnownDomains.size()>& greetings,
                       NetworkFacts& out) {
  for (const auto& greeting : greetings) {
    using Status = Greeting::Status;
    if (greeting.status == Status::kGreeted) {
      out.outwards = NetworkFacts::Outwards::kOpen;
      out.outwards_detail = greeting.detail;
      return;
    }
    if (greeting.status == Status::kSilent) out.outwards = NetworkFacts::Outwards::kBlocked;
    if (greeting.detail.empty() || out.outwards_detail == greeting.detail) continue;
    out.outwards_detail = out.outwards_detail.empty() ? greeting.detail
                                                      : told(Words{"{0}; {1}", "{0}; {1}"},
                                                             out.outwards_detail, greeting.detail);
  }
}

void conclude_dns(NetworkFacts& out) {
  Told why = out.addresses.why;
  bool answered = out.addresses.status != Lookup::Status::kFailed ||
                  out.outwards != NetworkFacts::Outwards::kUnknown;
  for (const auto& fact : out.reverse)
    answered = answered || fact.names.status != Lookup::Status::kFailed;
  out.dns = answered ? NetworkFacts::Dns::kAnswers : NetworkFacts::Dns::kSilent;
  if (!answered) out.dns_why = std::move(why);
}

Task<void> look_up_reverse(dns::Resolver* resolver, std::vector<ReverseFact>* facts,
                           SteadyTime deadline) {
  TaskScope scope;
  for (auto& fact : *facts)
    scope.spawn(
        look_up(resolver, dns::reverse_name(fact.address), Type::kPtr, deadline, &fact.names));
  co_await scope.join();
}

Task<NetworkFacts> ask(dns::Resolver* resolver, std::string host,
                       std::vector<net::IpAddress> addresses) {
  NetworkFacts out;
  for (const auto& address : addresses)
    if (out.reverse.size() < kReverseMax) out.reverse.push_back({address, {}});
  const auto deadline = net::after(kDnsPatience);
  Lookup four;
  Lookup six;
  std::array<Greeting, kKnownDomains.size()> greetings;
  TaskScope scope;
  scope.spawn(look_up(resolver, host, Type::kA, deadline, &four));
  scope.spawn(look_up(resolver, host, Type::kAaaa, deadline, &six));
  scope.spawn(look_up_reverse(resolver, &out.reverse, deadline));
  for (std::size_t i = 0; i < greetings.size(); ++i)
    scope.spawn(try_mail_server(resolver, kKnownDomains[i], deadline, &greetings[i]));
  co_await scope.join();
  out.addresses = merged(std::move(four), std::move(six));
  if (addresses.empty()) {
    // Behind a router: what DNS says of the host is all that is known of its public addresses.
    for (const auto& text : out.addresses.values)
      if (const auto address = net::IpAddress::parse(text);
          address && out.reverse.size() < kReverseMax)
        out.reverse.push_back({*address, {}});
    co_await look_up_reverse(resolver, &out.reverse, net::after(std::chrono::seconds(2)));
  }
  conclude_outwards(greetings, out);
  conclude_dns(out);
  co_return out;
}

}  // namespace

NetworkFacts ask_network(dns::Resolver& resolver, std::string host,
                         std::vector<net::IpAddress> addresses) {
  return net::run_on_loop(ask(&resolver, std::move(host), std::move(addresses)));
}

}  // namespace hikyaku::app
