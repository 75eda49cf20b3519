// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/quickstart_texts.h"
#include "base/clock.h"
#include "base/told.h"
#include "config/config.h"
#include "port/dns/resolver.h"
#include "port/net/address.h"

namespace hikyaku::app {

/// One thing that a mail server needs of its machine.
struct Check {
  enum class State : unsigned char { kOk, kWarn, kUnknown };
  std::string_view name;  ///< "port-25-out"; never changes, for scripts
  State state = State::kOk;
  std::string what;
  std::string remedy;  ///< empty when there is nothing to do
};
[[nodiscard]] std::string_view name_of(Check::State state);  ///< "ok", "warn", "unknown"

/// What DNS said to one question.
struct Lookup {
  enum class Status : unsigned char { kFound, kNone, kFailed };
  Status status = Status::kFailed;
  std::vector<std::string> values;  ///< addresses or names, as text
  Told why;                         ///< for kFailed
};

struct ReverseFact {
  net::IpAddress address;
  Lookup names;
};

/// What the network says; asked with little patience.
struct NetworkFacts {
  Lookup addresses;  ///< of the host name
  std::vector<ReverseFact> reverse;
  enum class Outwards : unsigned char { kOpen, kBlocked, kUnknown } outwards = Outwards::kUnknown;
  Told outwards_detail;  ///< who answered, or why nobody did
  enum class Dns : unsigned char { kAnswers, kSilent } dns = Dns::kSilent;
  Told dns_why;
};

struct PortFact {
  std::string protocol;
  std::uint16_t port = 0;
  enum class State : unsigned char { kFree, kTaken, kNoRight, kFailed } state = State::kFree;
  Told detail;  ///< who has it, if known; the system's words
  Told remedy;  ///< for kTaken: how it becomes free
};

/// What this machine says of itself.
struct MachineFacts {
  std::vector<net::IpAddress> addresses;  ///< public ones
  std::vector<PortFact> ports;            ///< of the configuration's listeners
  enum class Server : unsigned char { kStopped, kRuns } server = Server::kStopped;
  enum class Clock : unsigned char { kKept, kLoose, kUnknown } clock = Clock::kUnknown;
  UnixTime now;
  std::uint64_t disk_free_octets = 0;
  std::uint64_t disk_octets = 0;  ///< 0 = could not be asked
  enum class User : unsigned char { kThere, kMissing, kRoot } user = User::kThere;
};

/// For the texts of the verdicts.
struct CheckContext {
  std::string host;
  std::string domain;
  std::string config_file;
  std::string data;
  std::string unit_file;
  std::string user;
  std::string make_user;  ///< the command that makes the user
  std::string again;      ///< the command that checks again
  Language language = Language::kEnglish;
};

/// Asks the machine: addresses, ports, clock, disk, user. Needs the rights with which the server
/// would start, to see whether its ports are free. Ports are not tried while the server runs.
MachineFacts ask_machine(const config::Config& config, MachineFacts::Server server);

/// Asks DNS for the host and the addresses, and tries port 25 of mail servers that everybody knows.
/// All at the same time; ends within about 8 seconds, whatever the network does.
NetworkFacts ask_network(dns::Resolver& resolver, std::string host,
                         std::vector<net::IpAddress> addresses);

/// What it means, with a remedy for each thing that is wrong.
std::vector<Check> judge(const MachineFacts& machine, const NetworkFacts& network,
                         const CheckContext& context);

/// Whether others can reach this address: not private, shared, local, reserved or for documents.
/// Source: the IANA special-purpose address registries (RFC 6890).
[[nodiscard]] bool is_public(const net::IpAddress& address);

/// Whether it can be a name in the world's DNS: two labels, and no domain that is kept for local
/// use or examples (RFC 6761, RFC 6762, RFC 8375).
[[nodiscard]] bool is_full_host_name(std::string_view name);

/// IPv6 addresses that stay, from the text of /proc/net/if_inet6: those for privacy (RFC 8981),
/// which change by the day, are left out.
[[nodiscard]] std::vector<net::IpAddress> lasting_ipv6(std::string_view table);

/// "12.3 GiB"
[[nodiscard]] std::string size_text(std::uint64_t octets);

}  // namespace hikyaku::app
