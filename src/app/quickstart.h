// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace hikyaku::app {

struct QuickstartOptions {
  enum class Output : unsigned char { kText, kJson };
  std::string address;   ///< of the first account
  std::string data;      ///< empty = the usual places, for root
  std::string hostname;  ///< empty = mail.DOMAIN
  Output output = Output::kText;
};

/// Makes a server of this machine: data folder, configuration, first account (its password is shown
/// once), certificate, systemd unit; then checks the machine (host name, forward and reverse DNS,
/// port 25 outwards, ports in use, clock) and prints the DNS records to publish. Run again, it
/// keeps what is there.
///
/// It finishes without the Internet: what can not be asked is said to be unknown.
Status quickstart(const QuickstartOptions& options);

}  // namespace hikyaku::app
