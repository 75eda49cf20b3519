// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace hikyaku::pop3 {

struct Limits {
  /// One command with its CRLF. RFC 2449 §4 allows 255; AUTH with an initial response may have
  /// more.
  std::size_t line_octets_max = 4096;
  /// A line of a SASL exchange; sasl::ServerExchange::line_octets_max() has the number.
  std::size_t auth_line_octets_max = 12 * 1024;
  /// Refused commands in a row before we hang up.
  std::size_t bad_commands_max = 20;
  /// Output is handed over when it reaches this.
  std::size_t output_octets = 32 * 1024;
};

}  // namespace hikyaku::pop3
