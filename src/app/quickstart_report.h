// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/dns_records.h"
#include "app/json.h"
#include "app/machine_check.h"
#include "app/quickstart_setup.h"

namespace hikyaku::app {

/// How the program is called with this configuration, ready for a shell.
struct Commands {
  std::string quickstart;  ///< once more
  std::string serve;
  std::string password;  ///< a new one for the account
  std::string start;     ///< by systemd
};
Commands commands_of(const Setup& setup, const std::string& program);

/// The program's name as a shell finds it: "hikyaku" where PATH has it, else its path.
std::string program_name();

/// Everything that quickstart has to say.
struct Report {
  const Setup& setup;
  const Commands& commands;
  std::vector<Check> checks;
  std::vector<DnsRecord> records;
};
std::string report_text(const Report& report);
Json report_json(const Report& report);

/// The port on which a protocol is served to others; 0 = it is not.
std::uint16_t port_of(const config::Config& config, config::Protocol protocol);

}  // namespace hikyaku::app
