// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/event.h"

namespace hikyaku::config {

enum class Protocol : unsigned char {
  kSmtp,         ///< from anybody to us
  kLmtp,         ///< from a relay that already decided, RFC 2033
  kSubmission,   ///< from our users, STARTTLS
  kSubmissions,  ///< from our users, TLS at once
  kImap,
  kImaps,
  kPop3,
  kPop3s,
};
[[nodiscard]] std::uint16_t standard_port(Protocol protocol);
[[nodiscard]] std::string_view name_of(Protocol protocol);

/// A number of octets.
struct Size {
  std::uint64_t octets = 0;
  auto operator<=>(const Size&) const = default;
};

enum class Switch : unsigned char { kOff, kOn };
enum class Families : unsigned char { kBoth, kIpv4, kIpv6 };

struct Server {
  std::string hostname;                   ///< empty = the machine's name
  std::string default_domain;             ///< of login names without one; empty = none
  std::string data = "/var/lib/hikyaku";  ///< absolute after reading
  std::string user = "hikyaku";           ///< taken when started as root
  std::uint32_t threads = 0;              ///< 0 = one per core
  event::Level log_level = event::Level::kInfo;
  event::Format log_format = event::Format::kLogfmt;
  Duration stop_patience = std::chrono::seconds(30);
  bool operator==(const Server&) const = default;
};

/// A socket to accept on: address and port, or a local socket's path.
struct Listener {
  Protocol protocol = Protocol::kSmtp;
  std::string address = "::";  ///< "::" takes IPv4 too
  std::uint16_t port = 0;      ///< 0 in the file = the standard one; never 0 after reading
  std::string path;            ///< not empty: a local socket, and address and port say nothing
  bool operator==(const Listener&) const = default;
};

struct Certificate {
  std::string file;  ///< PEM, leaf first
  std::string key;
  bool operator==(const Certificate&) const = default;
};

struct Tls {
  std::vector<std::string> plaintext_login_networks;  ///< IMAP and POP3 without TLS
  bool operator==(const Tls&) const = default;
};

struct Auth {
  Switch scram = Switch::kOn;
  Switch channel_binding = Switch::kOff;  ///< of SCRAM: -PLUS
  Switch cram_md5 = Switch::kOff;         ///< keys that log in are kept for it
  bool operator==(const Auth&) const = default;
};

struct Smtp {
  Size message_size_max{50ULL << 20};
  std::uint32_t recipients_max = 1000;
  std::uint32_t messages_max = 1000;
  std::uint32_t errors_max = 20;
  std::uint32_t received_fields_max = 50;
  std::string postmaster;  ///< takes mail for postmaster where nobody has that address
  std::vector<std::string> relay_networks;  ///< may send to anywhere without login
  Duration command_timeout = std::chrono::minutes(5);
  Duration data_timeout = std::chrono::minutes(5);
  bool operator==(const Smtp&) const = default;
};

struct Imap {
  Duration idle_timeout = std::chrono::minutes(30);
  bool operator==(const Imap&) const = default;
};

struct Pop3 {
  Duration idle_timeout = std::chrono::minutes(10);
  bool operator==(const Pop3&) const = default;
};

struct Dns {
  std::vector<std::string> forwarders;  ///< "192.0.2.1" or "127.0.0.1@5353"
  std::string root_hints;
  std::vector<std::string> zones;  ///< files of resource records
  Switch dnssec = Switch::kOn;
  std::string trust_anchor;
  bool operator==(const Dns&) const = default;
};

struct Delivery {
  std::string hello_name;  ///< empty = server.hostname
  Families families = Families::kBoth;
  std::string source_ipv4;
  std::string source_ipv6;
  std::uint16_t port = 25;
  std::uint32_t connections_max = 200;
  std::uint32_t connections_per_host = 20;
  Duration connect_timeout = std::chrono::seconds(30);
  std::vector<Duration> retry_after{std::chrono::minutes(1),  std::chrono::minutes(2),
                                    std::chrono::minutes(5),  std::chrono::minutes(10),
                                    std::chrono::minutes(20), std::chrono::minutes(30),
                                    std::chrono::minutes(60)};  ///< the last one again and again
  Duration warn_after = std::chrono::hours(4);
  Duration give_up_after = std::chrono::hours(24 * 5);
  bool operator==(const Delivery&) const = default;
};

struct Limits {
  std::uint32_t connections_max = 10000;
  std::uint32_t connections_per_address = 100;
  std::uint32_t login_failures_max = 5;
  bool operator==(const Limits&) const = default;
};

struct Control {
  std::string socket;  ///< never empty after reading
  bool operator==(const Control&) const = default;
};

/// What the machine is: read once at the start, and again on reload. Defaults serve most machines;
/// an empty file is a valid one.
///
/// Invariant: after read() all paths are absolute, listeners is not empty, ports are set.
struct Config {
  Server server;
  std::vector<Listener> listeners;
  std::vector<Certificate> certificates;  ///< empty = one in the data folder, made at the start
  Tls tls;
  Auth auth;
  Smtp smtp;
  Imap imap;
  Pop3 pop3;
  Dns dns;
  Delivery delivery;
  Limits limits;
  Control control;
  bool operator==(const Config&) const = default;
};

}  // namespace hikyaku::config
