// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace hikyaku::smtp {

enum class Role : unsigned char {
  kInbound,     ///< port 25: from anybody to us
  kSubmission,  ///< ports 587 and 465, RFC 6409: from our users to anybody
  kLmtp,        ///< RFC 2033: LHLO, and one reply per recipient after the data
};

/// A CR in message text that no LF follows. RFC 5321 §2.3.8 forbids to send it; old mail has it.
enum class BareCr : unsigned char {
  kKeep,    ///< an octet like another. Beside a dot at a line's end it is refused nevertheless.
  kRefuse,  ///< the message is refused
};

enum class TlsNeed : unsigned char { kOptional, kRequired };

/// What a session is allowed and offers. Lives longer than its sessions, which share it.
struct ServerConfig {
  Role role = Role::kInbound;
  std::string host;                ///< our name in greeting, EHLO and Received
  std::string banner = "hikyaku";  ///< what follows "ESMTP" in the greeting

  bool starttls = false;             ///< a certificate is there: offer it
  TlsNeed tls = TlsNeed::kOptional;  ///< kRequired: 530 to MAIL before TLS
  /// AUTH, in the order offered; empty = no AUTH. Those with -PLUS only in sessions that can bind.
  std::vector<std::string> mechanisms;
  TlsNeed auth_tls = TlsNeed::kRequired;  ///< AUTH is offered and taken only under TLS
  bool auth_required = false;             ///< 530 to MAIL before AUTH (RFC 6409 §4.3)

  std::uint64_t message_octets_max = 50u << 20;  ///< SIZE
  std::size_t recipients_max = 1000;             ///< 452 after; RFC 5321 §4.5.3.1.8: at least 100
  std::size_t messages_max = 1000;               ///< in one session, then 421
  std::size_t errors_max = 20;                   ///< refused commands in one session, then 421
  std::size_t refused_recipients_max = 100;      ///< in one session, then 421
  std::size_t auth_failures_max = 5;             ///< then 421
  std::size_t command_octets_max = 4096;         ///< CRLF included; §4.5.3.1.4 wants 512 and more
  std::size_t auth_octets_max = 12288;           ///< RFC 4954 §4
  std::size_t text_line_octets_max = 1u << 20;   ///< §4.5.3.1.6 wants 1000; real mail has more
  std::uint64_t drain_octets_max = 256u << 20;   ///< read and dropped of a refused message
  BareCr bare_cr = BareCr::kKeep;

  std::chrono::seconds command_timeout{300};  ///< §4.5.3.2.7
  std::chrono::seconds data_timeout{300};     ///< between two reads of data
  std::chrono::seconds drain_timeout{30};     ///< when the message is refused already
};

}  // namespace hikyaku::smtp
