// SPDX-License-Identifier: Apache-2.0
// Goal: each thing that is wrong with a machine is said, with a remedy; what can not be known is
// never called wrong, nor right.
#include "app/machine_check.h"

#include <gtest/gtest.h>

#include "port/dns/testing/fake_resolver.h"
#include "port/net/port_owner.h"

namespace hikyaku::app {
namespace {

using State = Check::State;

net::IpAddress ip(std::string_view text) { return *net::IpAddress::parse(text); }

/// A machine with which all is well.
struct Machine {
  MachineFacts machine;
  NetworkFacts network;
  CheckContext context;

  Machine() {
    machine.addresses = {ip("1.1.1.1")};
    machine.ports = {{"smtp", 25, {}, {}}, {"imaps", 993, {}, {}}};
    machine.clock = MachineFacts::Clock::kKept;
    machine.now = UnixTime(std::chrono::seconds(1'800'000'000));
    machine.disk_octets = machine.disk_free_octets = 100ULL << 30U;
    network.addresses = {Lookup::Status::kFound, {"1.1.1.1"}, {}};
    network.reverse = {{ip("1.1.1.1"), {Lookup::Status::kFound, {"MAIL.example.org"}, {}}}};
    network.outwards = NetworkFacts::Outwards::kOpen;
    network.outwards_detail = verbatim("mx.example.net");
    network.dns = NetworkFacts::Dns::kAnswers;
    context.host = "mail.example.org";
    context.domain = "example.org";
    context.config_file = "/etc/hikyaku/hikyaku.toml";
    context.data = "/var/lib/hikyaku";
    context.again = "hikyaku quickstart you@example.org";
    context.user = "hikyaku";
  }
  [[nodiscard]] std::vector<Check> judged() const { return judge(machine, network, context); }
};

TEST(MachineCheck, AllIsWell) {
  for (const auto& check : Machine().judged()) {
    EXPECT_EQ(check.state, State::kOk) << check.name << ": " << check.what;
    EXPECT_EQ(check.remedy, "") << check.name;
  }
}

struct Case {
  const char* name;
  State state;
  const char* what;    ///< a part of it
  const char* remedy;  ///< a part of it
  void (*spoil)(Machine&);
};
const Case kFaults[] = {
    {"host-name", State::kWarn, "vps1", "server.hostname",
     [](Machine& m) {
       m.context.host = "vps1";
       m.network.reverse[0].names.values = {"vps1"};
     }},
    {"dns", State::kUnknown, "timed out", "dns.forwarders",
     [](Machine& m) {
       m.network.dns = NetworkFacts::Dns::kSilent;
       m.network.dns_why = verbatim("timed out");
     }},
    {"forward-dns", State::kUnknown, "SERVFAIL", "quickstart",
     [](Machine& m) { m.network.addresses = {Lookup::Status::kFailed, {}, verbatim("SERVFAIL")}; }},
    {"forward-dns", State::kWarn, "no address", "publish",
     [](Machine& m) { m.network.addresses = {Lookup::Status::kNone, {}, {}}; }},
    {"forward-dns", State::kWarn, "8.8.8.8", "correct",
     [](Machine& m) { m.network.addresses.values = {"8.8.8.8"}; }},
    {"forward-dns", State::kWarn, "8.8.8.8", "correct",
     [](Machine& m) { m.network.addresses.values = {"1.1.1.1", "8.8.8.8"}; }},
    {"forward-dns", State::kUnknown, "no public address", "25, 993",
     [](Machine& m) { m.machine.addresses.clear(); }},
    {"reverse-dns", State::kWarn, "static.isp.example", "(PTR) to mail.example.org",
     [](Machine& m) { m.network.reverse[0].names.values = {"static.isp.example"}; }},
    {"reverse-dns", State::kWarn, "no name", "(PTR) to mail.example.org",
     [](Machine& m) { m.network.reverse[0].names = {Lookup::Status::kNone, {}, {}}; }},
    {"reverse-dns", State::kUnknown, "timed out", "quickstart",
     [](Machine& m) {
       m.network.reverse[0].names = {Lookup::Status::kFailed, {}, verbatim("timed out")};
     }},
    {"reverse-dns", State::kUnknown, "not known", "quickstart",
     [](Machine& m) { m.network.reverse.clear(); }},
    {"port-25-out", State::kWarn, "mx: timed out", "provider",
     [](Machine& m) {
       m.network.outwards = NetworkFacts::Outwards::kBlocked;
       m.network.outwards_detail = verbatim("mx: timed out");
     }},
    {"port-25-out", State::kUnknown, "no answer", "quickstart",
     [](Machine& m) {
       m.network.outwards = NetworkFacts::Outwards::kUnknown;
       m.network.outwards_detail = verbatim("no answer");
     }},
    {"ports", State::kWarn, "port 25 (smtp) is taken by master (process 8)", "stop it: kill 8; or",
     [](Machine& m) {
       m.machine.ports[0].state = PortFact::State::kTaken;
       m.machine.ports[0].detail = verbatim("master (process 8)");
       m.machine.ports[0].remedy = verbatim("stop it: kill 8");
     }},
    {"ports", State::kWarn, "another program", "ss -ltnp",
     [](Machine& m) {
       m.machine.ports[0].state = PortFact::State::kTaken;
       m.machine.ports[0].remedy = net::how_to_free(std::nullopt);
     }},
    {"ports", State::kUnknown, "25", "systemd",
     [](Machine& m) { m.machine.ports[0].state = PortFact::State::kNoRight; }},
    {"ports", State::kWarn, "no such address", "listener",
     [](Machine& m) {
       m.machine.ports[0].state = PortFact::State::kFailed;
       m.machine.ports[0].detail = verbatim("no such address");
     }},
    {"clock", State::kWarn, "nothing keeps", "timedatectl",
     [](Machine& m) { m.machine.clock = MachineFacts::Clock::kLoose; }},
    {"clock", State::kWarn, "1970-01-01", "timedatectl",
     [](Machine& m) { m.machine.now = UnixTime(); }},
    {"clock", State::kUnknown, "can not be asked", "timedatectl",
     [](Machine& m) { m.machine.clock = MachineFacts::Clock::kUnknown; }},
    {"disk", State::kWarn, "1023.0 MiB", "make room",
     [](Machine& m) { m.machine.disk_free_octets = 1023ULL << 20U; }},
    {"disk", State::kUnknown, "/var/lib/hikyaku", "",
     [](Machine& m) { m.machine.disk_octets = 0; }},
    {"user", State::kWarn, "root", "server.user",
     [](Machine& m) { m.machine.user = MachineFacts::User::kRoot; }},
    {"user", State::kWarn, "hikyaku", "again",
     [](Machine& m) { m.machine.user = MachineFacts::User::kMissing; }},
};

TEST(MachineCheck, EachFaultIsSaidOnceAndHasARemedy) {
  for (const auto& expected : kFaults) {
    Machine machine;
    expected.spoil(machine);
    int bad = 0;
    for (const auto& check : machine.judged()) {
      if (check.state == State::kOk) continue;
      ++bad;
      EXPECT_EQ(check.name, expected.name) << check.what;
      EXPECT_EQ(check.state, expected.state) << check.what;
      EXPECT_NE(check.what.find(expected.what), std::string::npos) << check.what;
      EXPECT_NE(check.remedy.find(expected.remedy), std::string::npos) << check.remedy;
    }
    EXPECT_EQ(bad, 1) << expected.name << ": " << expected.what;
  }
}

TEST(MachineCheck, TheRunningServersPortsAreNoFault) {
  Machine machine;
  machine.machine.server = MachineFacts::Server::kRuns;
  for (const auto& check : machine.judged()) EXPECT_EQ(check.state, State::kOk) << check.what;
}

TEST(MachineCheck, WithoutDnsItsRemedyIsSaidOnce) {
  Machine machine;
  machine.network = NetworkFacts();
  machine.network.dns_why = verbatim("timed out");
  int remedies = 0;
  for (const auto& check : machine.judged()) {
    if (check.state != State::kUnknown) continue;
    remedies += check.remedy.empty() ? 0 : 1;
  }
  EXPECT_EQ(remedies, 1);
}

TEST(MachineCheck, DnsIsAskedForHostAndAddresses) {
  using dns::Type;
  dns::FakeResolver resolver;
  resolver.add("mail.example.org", Type::kA, "1.1.1.1");
  resolver.fail("mail.example.org", Type::kAaaa);
  resolver.add("1.1.1.1.in-addr.arpa", Type::kPtr, "mail.example.org");
  const auto facts = ask_network(resolver, "mail.example.org", {ip("1.1.1.1"), ip("8.8.8.8")});
  EXPECT_EQ(facts.dns, NetworkFacts::Dns::kAnswers);
  EXPECT_EQ(facts.addresses.status, Lookup::Status::kFound);
  EXPECT_EQ(facts.addresses.values, std::vector<std::string>{"1.1.1.1"});
  ASSERT_EQ(facts.reverse.size(), 2U);
  EXPECT_EQ(facts.reverse[0].names.values, std::vector<std::string>{"mail.example.org"});
  EXPECT_EQ(facts.reverse[1].names.status, Lookup::Status::kNone);
  // No mail server was found to be tried.
  EXPECT_EQ(facts.outwards, NetworkFacts::Outwards::kUnknown);
}

TEST(MachineCheck, BehindARouterTheHostsAddressesAreAskedFor) {
  using dns::Type;
  dns::FakeResolver resolver;
  resolver.add("mail.example.org", Type::kAaaa, "2001:4860::1");
  const auto facts = ask_network(resolver, "mail.example.org", {});
  ASSERT_EQ(facts.reverse.size(), 1U);
  EXPECT_EQ(facts.reverse[0].address, ip("2001:4860::1"));
  EXPECT_EQ(facts.reverse[0].names.status, Lookup::Status::kNone);
}

TEST(MachineCheck, AFamilyThatFailsLeavesTheAddressUnknown) {
  using dns::Type;
  dns::FakeResolver resolver;
  resolver.add("mail.example.org", Type::kTxt, "no address");
  resolver.fail("mail.example.org", Type::kAaaa);
  EXPECT_EQ(ask_network(resolver, "mail.example.org", {}).addresses.status,
            Lookup::Status::kFailed);
}

TEST(MachineCheck, PublicAddresses) {
  for (const char* text : {"1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
                           "192.169.0.1", "2606:4700::1", "2a01:4f8::1", "2001:4860:4860::8888"})
    EXPECT_TRUE(is_public(ip(text))) << text;
  for (const char* text :
       {"0.0.0.0",     "10.1.2.3",     "100.64.0.1",     "100.127.255.255", "127.0.0.1",
        "169.254.1.1", "172.16.0.1",   "172.31.255.255", "192.0.2.1",       "192.168.1.1",
        "198.18.0.1",  "198.51.100.7", "203.0.113.9",    "224.0.0.1",       "255.255.255.255",
        "::1",         "::",           "fd00::1",        "fe80::1",         "2001:db8::1",
        "2002::1",     "ff02::1",      "64:ff9b::1"})
    EXPECT_FALSE(is_public(ip(text))) << text;
}

TEST(MachineCheck, FullHostNames) {
  for (const char* name : {"mail.example.org", "a.b", "xn--9n2bp8q.xn--9t4b11yi5a"})
    EXPECT_TRUE(is_full_host_name(name)) << name;
  for (const char* name : {"", "localhost", "vps1", "vps1.local", "mail.LAN",
                           "mail.hikyaku.example", "192.0.2.1", ".org", "mail."})
    EXPECT_FALSE(is_full_host_name(name)) << name;
}

// proc(5); flags 0x01 temporary, 0x20 deprecated, 0x40 tentative, 0x80 permanent.
TEST(MachineCheck, PrivacyAddressesAreLeftOut) {
  const auto found = lasting_ipv6(
      "2a0104f8000000000000000000000001 02 40 00 80     eth0\n"
      "2a0104f8000000000000000000000002 02 40 00 01     eth0\n"
      "2a0104f8000000000000000000000003 02 40 00 20     eth0\n"
      "2a0104f8000000000000000000000004 02 40 00 40     eth0\n"
      "2a0104f8000000000000000000000005 102 40 00 00     eth0\n"
      "2a0104f800000000000000000000000g 02 40 00 80     eth0\n"
      "2a01\n\n");
  EXPECT_EQ(found, (std::vector{ip("2a01:4f8::1"), ip("2a01:4f8::5")}));
}

}  // namespace
}  // namespace hikyaku::app
