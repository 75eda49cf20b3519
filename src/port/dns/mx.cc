// SPDX-License-Identifier: Apache-2.0
#include "port/dns/mx.h"

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

namespace hikyaku::dns {
namespace {

using net::IpAddress;
using RouteResult = std::expected<MailRoute, NoRoute>;

std::unexpected<NoRoute> no_route(NoRouteReason reason, std::string text) {
  const Remedy remedy =
      reason == NoRouteReason::kDnsFailure ? Remedy::kRetryLater : Remedy::kPermanent;
  return std::unexpected(NoRoute{reason, Error{remedy, std::move(text)}});
}

std::string small_letters(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// RFC 1035 §2.3.1 and what is found in the wild: underscores.
bool is_domain_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : name) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!good || ++label > 63) return false;
  }
  return label > 0;
}

bool contains(const auto& list, const auto& item) {
  return std::ranges::find(list, item) != list.end();
}

/// RFC 5321 §4.1.3: [192.0.2.1], [IPv6:2001:db8::1].
RouteResult route_to_literal(const std::string& literal, const RouteOptions& options) {
  std::string_view inner(literal);
  inner.remove_prefix(1);
  if (inner.ends_with(']')) inner.remove_suffix(1);
  const bool six = small_letters(std::string(inner.substr(0, 5))) == "ipv6:";
  if (six) inner.remove_prefix(5);
  const auto address = IpAddress::parse(inner);
  if (!literal.ends_with(']') || !address || six != (inner.find(':') != std::string_view::npos)) {
    return no_route(NoRouteReason::kMalformed, "'" + literal + "' is no address literal");
  }
  if (contains(options.own_addresses, *address)) {
    return no_route(NoRouteReason::kLoop, literal + " is this server's own address");
  }
  MailRoute route;
  route.hosts.push_back({literal, {*address}, 0, false});
  return route;
}

/// Equal preferences in random order (RFC 5321 §5.1), each host once, at its best.
void put_in_order(std::vector<Mx>& records, const RouteOptions& options) {
  if (options.random_below) {
    for (std::size_t i = records.size(); i > 1; --i) {
      std::swap(records[i - 1], records[options.random_below(i)]);
    }
  }
  std::multimap<std::uint16_t, Mx> sorted;  // keeps the order of equal ones
  for (auto& mx : records) sorted.emplace(mx.preference, std::move(mx));
  std::vector<Mx> once;
  for (auto& [preference, mx] : sorted) {
    if (!contains(std::views::transform(once, &Mx::host), mx.host)) once.push_back(std::move(mx));
  }
  records = std::move(once);
}

struct Candidates {
  std::vector<Mx> records;
  bool secure = false;
  bool from_mx = false;
};

std::expected<Candidates, NoRoute> candidates(const Answer& answer, const std::string& domain,
                                              const RouteOptions& options) {
  Candidates out;
  out.secure = answer.secure;
  switch (answer.status) {
    case Answer::Status::kFound: break;
    case Answer::Status::kNoData:  // RFC 5321 §5.1: the domain itself, with preference 0
      if (contains(options.own_names, domain)) {
        return no_route(NoRouteReason::kLoop,
                        domain + " is this server's own name, but no domain that it has mail for");
      }
      out.records.push_back({0, domain});
      return out;
    case Answer::Status::kNxDomain:
      return no_route(NoRouteReason::kNoDomain, "the domain " + domain + " does not exist");
    case Answer::Status::kFailed:
    case Answer::Status::kBogus:
      return no_route(NoRouteReason::kDnsFailure, "looking up the mail hosts of " + domain + ": " +
                                                      answer.why.in(Language::kEnglish));
  }
  out.from_mx = true;
  for (const auto& rdata : answer.records) {
    if (auto mx = parse_mx(rdata)) out.records.push_back(*std::move(mx));
  }
  if (out.records.size() == 1 && out.records.front().host.empty()) {
    return no_route(NoRouteReason::kNullMx, "the domain " + domain + " takes no mail (null MX)");
  }
  std::erase_if(out.records, [](const Mx& mx) { return !is_domain_name(mx.host); });
  if (out.records.empty()) {
    return no_route(NoRouteReason::kMalformed, "the MX records of " + domain + " name no host");
  }
  put_in_order(out.records, options);
  // RFC 5321 §5.1: where we are a host ourselves, it and all that are no better are left out.
  const auto own = std::ranges::find_if(
      out.records, [&](const Mx& mx) { return contains(options.own_names, mx.host); });
  if (own != out.records.end()) {
    const auto preference = own->preference;
    std::erase_if(out.records, [&](const Mx& mx) { return mx.preference >= preference; });
  }
  if (out.records.empty()) {
    return no_route(NoRouteReason::kLoop, "the mail of " + domain +
                                              " comes to this server, which has no such domain; "
                                              "add the domain, or correct its MX records");
  }
  return out;
}

struct Found {
  MailHost host;
  std::string trouble;  ///< a question that got no answer now
};

void take_addresses(const Answer& answer, Type type, std::vector<IpAddress>& out) {
  for (const auto& rdata : answer.records) {
    const auto text = type == Type::kA ? text_of_a(rdata) : text_of_aaaa(rdata);
    const auto address = IpAddress::parse(text);
    const bool nowhere = !address || *address == IpAddress::v4({}) || *address == IpAddress::v6({});
    if (!nowhere && !contains(out, *address)) out.push_back(*address);
  }
}

/// IPv6 first and by turns (RFC 8305 §4), so that one broken family costs one attempt.
std::vector<IpAddress> interleave(const std::vector<IpAddress>& six,
                                  const std::vector<IpAddress>& four, std::size_t max) {
  std::vector<IpAddress> out;
  for (std::size_t i = 0; i < std::max(six.size(), four.size()); ++i) {
    if (i < six.size()) out.push_back(six[i]);
    if (i < four.size()) out.push_back(four[i]);
  }
  if (out.size() > max) out.resize(max);
  return out;
}

Task<Found> look_up(Resolver* resolver, Mx mx, const RouteOptions* options) {
  Found found;
  found.host = {mx.host, {}, mx.preference, true};
  std::vector<IpAddress> four, six;
  using Families = RouteOptions::Families;
  for (const Type type : {Type::kAaaa, Type::kA}) {
    if (options->families == (type == Type::kA ? Families::kIpv6Only : Families::kIpv4Only)) {
      continue;
    }
    const Answer answer = co_await resolver->query(mx.host, type, options->patience);
    found.host.secure = found.host.secure && answer.secure;
    if (answer.status == Answer::Status::kFound) {
      take_addresses(answer, type, type == Type::kA ? four : six);
    } else if (answer.status == Answer::Status::kFailed ||
               answer.status == Answer::Status::kBogus) {
      found.trouble =
          "looking up the address of " + mx.host + ": " + answer.why.in(Language::kEnglish);
    }
  }
  // All of them, for own_addresses; the caller takes what it may use.
  found.host.addresses = interleave(six, four, four.size() + six.size());
  co_return found;
}

bool is_ours(const MailHost& host, const RouteOptions& options) {
  return std::ranges::any_of(host.addresses, [&](const IpAddress& address) {
    return contains(options.own_addresses, address);
  });
}

}  // namespace

std::string_view status_code(NoRouteReason reason) {
  switch (reason) {
    case NoRouteReason::kNoDomain: return "5.1.2";   // bad destination system address
    case NoRouteReason::kNullMx: return "5.1.10";    // RFC 7505 §4.1
    case NoRouteReason::kNoAddress: return "5.4.4";  // unable to route
    case NoRouteReason::kLoop: return "5.4.6";       // routing loop detected
    case NoRouteReason::kMalformed: return "5.1.2";
    case NoRouteReason::kDnsFailure: return "4.4.3";  // directory server failure
  }
  return "4.4.3";
}

Task<RouteResult> route_mail(Resolver* resolver, std::string domain, RouteOptions options) {
  domain = small_letters(std::move(domain));
  if (domain.starts_with('[')) co_return route_to_literal(domain, options);
  if (domain.ends_with('.')) domain.pop_back();
  if (!is_domain_name(domain)) {
    co_return no_route(NoRouteReason::kMalformed, "'" + domain + "' is no domain name");
  }
  const Answer answer = co_await resolver->query(domain, Type::kMx, options.patience);
  auto list = candidates(answer, domain, options);
  if (!list) co_return std::unexpected(std::move(list).error());

  MailRoute route{.hosts = {}, .secure = list->secure, .from_mx = list->from_mx};
  std::string trouble;
  bool loop = false;
  const std::size_t count = std::min(list->records.size(), options.hosts_max);
  for (std::size_t i = 0; i < count && !loop; ++i) {
    Found found = co_await look_up(resolver, list->records[i], &options);
    if (!found.trouble.empty()) trouble = std::move(found.trouble);
    loop = is_ours(found.host, options);
    if (loop) {
      const auto own = found.host.preference;
      std::erase_if(route.hosts, [&](const MailHost& host) { return host.preference >= own; });
    } else if (!found.host.addresses.empty()) {
      if (found.host.addresses.size() > options.addresses_max) {
        found.host.addresses.resize(options.addresses_max);
      }
      route.hosts.push_back(std::move(found.host));
    }
  }
  if (!route.hosts.empty()) co_return route;
  if (!trouble.empty()) co_return no_route(NoRouteReason::kDnsFailure, std::move(trouble));
  if (loop) {
    co_return no_route(NoRouteReason::kLoop,
                       "the best mail host of " + domain +
                           " has this server's own address; add the domain here, or correct its "
                           "records");
  }
  co_return no_route(NoRouteReason::kNoAddress, "no mail host of " + domain +
                                                    " has an address; its owner must correct the "
                                                    "DNS records");
}

}  // namespace hikyaku::dns
