// SPDX-License-Identifier: Apache-2.0
#include "app/machine_check.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "app/admin_commands.h"
#include "port/net/network.h"

namespace hikyaku::app {
namespace {

using State = Check::State;
using Checks = std::vector<Check>;

constexpr std::uint64_t kDiskFreeOctetsMin = 1ULL << 30;
/// Older than this program: then the clock is wrong for certain.
constexpr UnixTime kTooEarly{std::chrono::sys_days(std::chrono::year(2025) / 1 / 1)};

std::string joined(const std::vector<net::IpAddress>& addresses) {
  std::vector<std::string> texts;
  for (const auto& address : addresses) texts.push_back(address.text());
  return fmt::format("{}", fmt::join(texts, ", "));
}

bool equal_names(std::string_view a, std::string_view b) {
  auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, small, small);
}

std::string ports_text(const std::vector<PortFact>& ports) {
  std::vector<std::uint16_t> numbers;
  for (const auto& port : ports) numbers.push_back(port.port);
  std::ranges::sort(numbers);
  numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
  return fmt::format("{}", fmt::join(numbers, ", "));
}

void judge_host_name(const CheckContext& about, Checks& out) {
  const auto in = about.language;
  if (is_full_host_name(about.host)) {
    out.push_back({"host-name", State::kOk, say(in, Text::kHostOk, about.host), {}});
  } else {
    out.push_back({"host-name", State::kWarn, say(in, Text::kHostBad, about.host),
                   say(in, Text::kHostBadFix, about.config_file, about.domain)});
  }
}

void judge_dns(const NetworkFacts& network, const CheckContext& about, Checks& out) {
  const auto in = about.language;
  if (network.dns == NetworkFacts::Dns::kAnswers) {
    out.push_back({"dns", State::kOk, say(in, Text::kDnsOk), {}});
  } else {
    out.push_back({"dns", State::kUnknown, say(in, Text::kDnsSilent, network.dns_why.in(in)),
                   say(in, Text::kDnsSilentFix, about.config_file)});
  }
}

Check forward_verdict(const MachineFacts& machine, const Lookup& found, const CheckContext& about) {
  const auto in = about.language;
  constexpr std::string_view kName = "forward-dns";
  if (found.status == Lookup::Status::kFailed)
    return {kName, State::kUnknown, say(in, Text::kForwardUnknown, about.host, found.why.in(in)),
            say(in, Text::kAgainFix, about.again)};
  if (found.status == Lookup::Status::kNone)
    return {kName, State::kWarn, say(in, Text::kForwardNone, about.host),
            say(in, Text::kForwardNoneFix)};
  const auto there = fmt::format("{}", fmt::join(found.values, ", "));
  if (machine.addresses.empty())
    return {kName, State::kUnknown, say(in, Text::kForwardHidden, about.host, there),
            say(in, Text::kForwardHiddenFix, ports_text(machine.ports))};
  // Mail may be sent to any of them: each must be ours.
  const bool ours = std::ranges::all_of(found.values, [&](const std::string& text) {
    return std::ranges::any_of(machine.addresses, [&](const auto& a) { return a.text() == text; });
  });
  if (ours) return {kName, State::kOk, say(in, Text::kForwardOk, about.host, there), {}};
  return {kName, State::kWarn,
          say(in, Text::kForwardElsewhere, about.host, there, joined(machine.addresses)),
          say(in, Text::kForwardElsewhereFix)};
}

Check reverse_verdict(const ReverseFact& fact, const CheckContext& about) {
  const auto in = about.language;
  constexpr std::string_view kName = "reverse-dns";
  const auto address = fact.address.text();
  if (fact.names.status == Lookup::Status::kFailed)
    return {kName, State::kUnknown, say(in, Text::kReverseUnknown, address, fact.names.why.in(in)),
            say(in, Text::kAgainFix, about.again)};
  auto fix = say(in, Text::kReverseFix, about.host);
  if (fact.names.status == Lookup::Status::kNone)
    return {kName, State::kWarn, say(in, Text::kReverseNone, address), std::move(fix)};
  const bool named = std::ranges::any_of(
      fact.names.values, [&](const auto& name) { return equal_names(name, about.host); });
  if (named) return {kName, State::kOk, say(in, Text::kReverseOk, address, about.host), {}};
  return {kName, State::kWarn,
          say(in, Text::kReverseOther, address, fmt::join(fact.names.values, ", "), about.host),
          std::move(fix)};
}

void judge_outwards(const NetworkFacts& network, const CheckContext& about, Checks& out) {
  const auto in = about.language;
  constexpr std::string_view kName = "port-25-out";
  const auto& detail = network.outwards_detail.in(in);
  switch (network.outwards) {
    case NetworkFacts::Outwards::kOpen:
      out.push_back({kName, State::kOk, say(in, Text::kOutwardsOk, detail), {}});
      return;
    case NetworkFacts::Outwards::kBlocked:
      out.push_back({kName, State::kWarn, say(in, Text::kOutwardsBlocked, detail),
                     say(in, Text::kOutwardsBlockedFix)});
      return;
    case NetworkFacts::Outwards::kUnknown:
      out.push_back({kName, State::kUnknown, say(in, Text::kOutwardsUnknown, detail),
                     say(in, Text::kAgainFix, about.again)});
  }
}

void judge_ports(const MachineFacts& machine, const CheckContext& about, Checks& out) {
  const auto in = about.language;
  constexpr std::string_view kName = "ports";
  if (machine.server == MachineFacts::Server::kRuns) {
    out.push_back({kName, State::kOk, say(in, Text::kPortsOurs, ports_text(machine.ports)), {}});
    return;
  }
  std::vector<PortFact> free;
  std::vector<PortFact> no_right;
  for (const auto& port : machine.ports) {
    switch (port.state) {
      case PortFact::State::kFree: free.push_back(port); break;
      case PortFact::State::kNoRight: no_right.push_back(port); break;
      case PortFact::State::kTaken:
        out.push_back({kName, State::kWarn,
                       say(in, port.detail.empty() ? Text::kPortTaken : Text::kPortTakenBy,
                           port.port, port.protocol, port.detail.in(in)),
                       say(in, Text::kPortTakenFix, about.config_file, port.remedy.in(in))});
        break;
      case PortFact::State::kFailed:
        out.push_back({kName, State::kWarn,
                       say(in, Text::kPortFails, port.port, port.protocol, port.detail.in(in)),
                       say(in, Text::kPortFailsFix, about.config_file)});
        break;
    }
  }
  if (!free.empty())
    out.push_back({kName, State::kOk, say(in, Text::kPortsFree, ports_text(free)), {}});
  if (!no_right.empty())
    out.push_back({kName, State::kUnknown, say(in, Text::kPortsNoRight, ports_text(no_right)),
                   say(in, Text::kPortsNoRightFix)});
}

void judge_clock(const MachineFacts& machine, const CheckContext& about, Checks& out) {
  const auto in = about.language;
  constexpr std::string_view kName = "clock";
  if (machine.now < kTooEarly) {
    out.push_back({kName, State::kWarn, say(in, Text::kClockWrong, rfc3339(machine.now)),
                   say(in, Text::kClockFix)});
    return;
  }
  switch (machine.clock) {
    case MachineFacts::Clock::kKept:
      out.push_back({kName, State::kOk, say(in, Text::kClockOk), {}});
      return;
    case MachineFacts::Clock::kLoose:
      out.push_back({kName, State::kWarn, say(in, Text::kClockLoose), say(in, Text::kClockFix)});
      return;
    case MachineFacts::Clock::kUnknown:
      out.push_back(
          {kName, State::kUnknown, say(in, Text::kClockUnknown), say(in, Text::kClockFix)});
  }
}

void judge_disk(const MachineFacts& machine, const CheckContext& about, Checks& out) {
  const auto in = about.language;
  constexpr std::string_view kName = "disk";
  const auto free = size_text(machine.disk_free_octets);
  if (machine.disk_octets == 0) {
    out.push_back({kName, State::kUnknown, say(in, Text::kDiskUnknown, about.data), {}});
  } else if (machine.disk_free_octets < kDiskFreeOctetsMin) {
    out.push_back(
        {kName, State::kWarn, say(in, Text::kDiskLow, about.data, free), say(in, Text::kDiskFix)});
  } else {
    out.push_back({kName, State::kOk, say(in, Text::kDiskOk, about.data, free), {}});
  }
}

void judge_user(const MachineFacts& machine, const CheckContext& about, Checks& out) {
  const auto in = about.language;
  constexpr std::string_view kName = "user";
  switch (machine.user) {
    case MachineFacts::User::kThere:
      out.push_back({kName, State::kOk, say(in, Text::kUserOk, about.user), {}});
      return;
    case MachineFacts::User::kRoot:
      out.push_back({kName, State::kWarn, say(in, Text::kUserRoot),
                     say(in, Text::kUserRootFix, about.make_user, "hikyaku", about.config_file,
                         about.unit_file)});
      return;
    case MachineFacts::User::kMissing:
      out.push_back({kName, State::kWarn, say(in, Text::kUserMissing, about.user),
                     say(in, Text::kUserMissingFix, about.make_user)});
  }
}

}  // namespace

std::string_view name_of(Check::State state) {
  switch (state) {
    case State::kOk: return "ok";
    case State::kWarn: return "warn";
    case State::kUnknown: return "unknown";
  }
  return {};
}

std::vector<Check> judge(const MachineFacts& machine, const NetworkFacts& network,
                         const CheckContext& context) {
  Checks out;
  judge_host_name(context, out);
  judge_dns(network, context, out);
  out.push_back(forward_verdict(machine, network.addresses, context));
  for (const auto& fact : network.reverse) out.push_back(reverse_verdict(fact, context));
  if (network.reverse.empty())
    out.push_back({"reverse-dns", State::kUnknown, say(context.language, Text::kReverseNoAddress),
                   say(context.language, Text::kAgainFix, context.again)});
  judge_outwards(network, context, out);
  judge_ports(machine, context, out);
  judge_clock(machine, context, out);
  judge_disk(machine, context, out);
  judge_user(machine, context, out);
  // Without DNS its remedy is theirs too: the same advice four times would hide the rest.
  if (network.dns == NetworkFacts::Dns::kSilent)
    for (auto& check : out)
      if (check.state == State::kUnknown &&
          (check.name == "forward-dns" || check.name == "reverse-dns" ||
           check.name == "port-25-out"))
        check.remedy.clear();
  return out;
}

bool is_public(const net::IpAddress& address) {
  constexpr std::array kOthers{
      "0.0.0.0/8",       "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",    "169.254.0.0/16",
      "172.16.0.0/12",   "192.0.0.0/24",   "192.0.2.0/24",  "192.168.0.0/16", "198.18.0.0/15",
      "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",   "2001::/23",      "2001:db8::/32",
      "2002::/16",       "3fff::/20"};
  if (!address.is_v4() && (address.octets()[0] & 0xe0U) != 0x20U) return false;  // 2000::/3
  return std::ranges::none_of(kOthers, [&](const char* text) {
    const auto block = net::Network::parse(text);
    return block && block->contains(address);
  });
}

bool is_full_host_name(std::string_view name) {
  constexpr std::array<std::string_view, 11> kLocal{"localhost", "localdomain", "local", "lan",
                                                    "home",      "internal",    "test",  "example",
                                                    "invalid",   "intranet",    "arpa"};
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return false;
  const auto last = name.substr(dot + 1);
  // RFC 3696 §2: no top-level domain is all digits; an address is.
  if (last.find_first_not_of("0123456789") == std::string_view::npos) return false;
  return std::ranges::none_of(kLocal, [&](auto local) { return equal_names(last, local); });
}

std::vector<net::IpAddress> lasting_ipv6(std::string_view table) {
  // proc(5): 32 digits of address, index, prefix, scope, flags, name. Flags as in linux/if_addr.h.
  constexpr unsigned kTemporary = 0x01;
  constexpr unsigned kFailedDeprecatedTentative = 0x08 | 0x20 | 0x40;
  std::vector<net::IpAddress> out;
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string address, index, prefix, scope;
    unsigned flags = 0;
    if (!(fields >> address >> index >> prefix >> scope >> std::hex >> flags)) continue;
    if (address.size() != 32 || (flags & (kTemporary | kFailedDeprecatedTentative)) != 0) continue;
    for (std::size_t at = 28; at > 0; at -= 4) address.insert(at, 1, ':');
    if (const auto parsed = net::IpAddress::parse(address)) out.push_back(*parsed);
  }
  return out;
}

std::string size_text(std::uint64_t octets) {
  constexpr std::array kUnits{"octets", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(octets);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{} {}", octets, kUnits[0])
                   : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace hikyaku::app
