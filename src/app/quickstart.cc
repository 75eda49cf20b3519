// SPDX-License-Identifier: Apache-2.0
#include "app/quickstart.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/dns_options.h"
#include "app/quickstart_report.h"
#include "app/quickstart_setup.h"

namespace hikyaku::app {
namespace {

/// Whatever keeps DNS from being asked is a finding, and no failure of the command.
NetworkFacts network_facts(const Setup& setup, const MachineFacts& machine) {
  auto silent = [](const Error& error) {
    NetworkFacts out;
    out.addresses.why = out.dns_why = out.outwards_detail = told(error);
    return out;
  };
  auto options = dns_options(setup.config);
  if (!options) return silent(options.error());
  const auto resolver = dns::make_unbound_resolver(*std::move(options));
  if (!resolver) return silent(resolver.error());
  return ask_network(**resolver, setup.host, machine.addresses);
}

CheckContext context_of(const Setup& setup, const Commands& commands) {
  CheckContext out;
  out.host = setup.host;
  out.domain = setup.domain;
  out.config_file = setup.config_file;
  out.data = setup.config.server.data;
  out.unit_file = setup.unit_file;
  out.user = setup.config.server.user;
  out.make_user = make_user_command(out.user == "root" ? "hikyaku" : out.user, out.data);
  out.again = commands.quickstart;
  out.language = setup.language;
  return out;
}

std::vector<DnsRecord> records_of(const Setup& setup, const MachineFacts& machine,
                                  const NetworkFacts& network) {
  DnsFacts facts;
  facts.domain = setup.domain;
  facts.host = setup.host;
  facts.addresses = machine.addresses;
  // Behind a router the machine does not know its public address; what is published may stay.
  if (facts.addresses.empty())
    for (const auto& text : network.addresses.values)
      if (const auto address = net::IpAddress::parse(text)) facts.addresses.push_back(*address);
  facts.dkim_selector = kSigningSelector;
  facts.dkim_public_base64 = setup.signing_key_public;
  facts.submissions = port_of(setup.config, config::Protocol::kSubmissions);
  facts.imaps = port_of(setup.config, config::Protocol::kImaps);
  facts.pop3s = port_of(setup.config, config::Protocol::kPop3s);
  return dns_records(facts, setup.language);
}

}  // namespace

Status quickstart(const QuickstartOptions& options) {
  HK_ASSIGN(auto setup, prepare_setup(options, language()));
  // With the rights of the start: as the server's user its ports could not be tried.
  const auto machine = ask_machine(setup.config, setup.server);
  auto filled = fill_setup(setup);
  if (!filled) {
    // The account is there: what is not shown now is never known.
    if (!setup.password.empty())
      fmt::print(stderr, "{}: {}\n", setup.address,
                 say(setup.language, Text::kPassword, setup.password));
    return filled;
  }
  const auto network = network_facts(setup, machine);
  const auto commands = commands_of(setup, program_name());
  const Report report{setup, commands, judge(machine, network, context_of(setup, commands)),
                      records_of(setup, machine, network)};
  if (options.output == QuickstartOptions::Output::kJson)
    fmt::print("{}\n", report_json(report).dump(2, ' ', false, Json::error_handler_t::replace));
  else
    fmt::print("{}", report_text(report));
  return {};
}

}  // namespace hikyaku::app
