// SPDX-License-Identifier: Apache-2.0
#include "config/keys.h"

#include <array>

#include "config/complaints.h"

namespace hikyaku::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 8> kProtocols = {
    "smtp", "lmtp", "submission", "submissions", "imap", "imaps", "pop3", "pop3s"};
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> kFormats = {"logfmt", "json"};
constexpr std::array<std::string_view, 3> kFamilies = {"both", "ipv4", "ipv6"};

template <auto Member, class S>
Choice<S> choice(std::span<const std::string_view> words) {
  using Enum = std::remove_cvref_t<decltype(std::declval<S>().*Member)>;
  return {words, [](const S& s) { return static_cast<unsigned>(s.*Member); },
          [](S* s, unsigned i) { s->*Member = static_cast<Enum>(i); }};
}

const std::array kServerKeys = {
    Key<Server>{
        "hostname",
        "The name of this server in greetings, EHLO, Received fields and DSNs. Its A and AAAA\n"
        "records should lead here and back. Empty: the machine's own name.",
        Text<Server>{&Server::hostname, no_host_name}},
    Key<Server>{
        "default_domain",
        "The domain of login names that have none. Empty: people log in with their address.",
        Text<Server>{&Server::default_domain, no_host_name}},
    Key<Server>{"data", "The folder of everything that is kept: mail, accounts, queue, keys.",
                Path<Server>{&Server::data}},
    Key<Server>{
        "user",
        "The user that the server becomes after binding its ports, if it was started as root.",
        Text<Server>{&Server::user, no_user_name}},
    Key<Server>{"threads", "I/O threads. 0: one per core.",
                Number<Server>{&Server::threads, 0, 1024}},
    Key<Server>{"log_level", "The least that is logged.",
                choice<&Server::log_level, Server>(kLevels)},
    Key<Server>{"log_format", "How an event is written to standard error.",
                choice<&Server::log_format, Server>(kFormats)},
    Key<Server>{"stop_patience",
                "How long a stop waits for commands and messages that are under way.",
                Period<Server>{&Server::stop_patience, seconds(0), hours(1)}},
};

const std::array kListenerKeys = {
    Key<Listener>{"protocol", "What is spoken there.",
                  choice<&Listener::protocol, Listener>(kProtocols)},
    Key<Listener>{"address", "The address to listen on. \"::\": all, IPv4 too.",
                  Text<Listener>{&Listener::address, no_ip_address}},
    Key<Listener>{"port", "The port. 0: the standard one of the protocol.",
                  Port<Listener>{&Listener::port, 0}},
    Key<Listener>{"path", "A local socket instead of address and port (lmtp only).",
                  Path<Listener>{&Listener::path}},
};

const std::array kCertificateKeys = {
    Key<Certificate>{"file", "The certificate, PEM, followed by its chain.",
                     Path<Certificate>{&Certificate::file}},
    Key<Certificate>{"key", "Its private key, PEM, without pass phrase.",
                     Path<Certificate>{&Certificate::key}},
};

const std::array kTlsKeys = {
    Key<Tls>{
        "plaintext_login_networks",
        "Networks whose clients may log in to IMAP and POP3 without TLS: passwords cross them\n"
        "readable. Keep it empty if you can.",
        Texts<Tls>{&Tls::plaintext_login_networks, no_network}},
};

const std::array kSmtpKeys = {
    Key<Smtp>{"message_size_max", "The largest message that is taken (SIZE).",
              Amount<Smtp>{&Smtp::message_size_max, Size{64 << 10}, Size{2ULL << 30}}},
    Key<Smtp>{"recipients_max", "Recipients of one message; more get 452 and are sent again apart.",
              Number<Smtp>{&Smtp::recipients_max, 100, 100'000}},
    Key<Smtp>{"messages_max", "Messages in one connection; then it is closed.",
              Number<Smtp>{&Smtp::messages_max, 1, 1'000'000}},
    Key<Smtp>{"errors_max", "Refused commands in one connection; then it is closed.",
              Number<Smtp>{&Smtp::errors_max, 1, 10'000}},
    Key<Smtp>{"received_fields_max", "Received fields in a message; more are a loop.",
              Number<Smtp>{&Smtp::received_fields_max, 10, 1000}},
    Key<Smtp>{
        "postmaster",
        "The address that takes mail for postmaster at domains where nobody has that address.",
        Text<Smtp>{&Smtp::postmaster}},
    Key<Smtp>{"relay_networks",
              "Networks whose hosts may send to anywhere without login. Keep it empty if you can.",
              Texts<Smtp>{&Smtp::relay_networks, no_network}},
    Key<Smtp>{"command_timeout", "How long the next command may take to come, with its end.",
              Period<Smtp>{&Smtp::command_timeout, seconds(1), hours(1)}},
    Key<Smtp>{
        "data_timeout",
        "How long the next part of a message may take to come; a message slower than 500 octets a "
        "second is given up too.",
        Period<Smtp>{&Smtp::data_timeout, seconds(1), hours(1)}},
};

const std::array kImapKeys = {
    Key<Imap>{"idle_timeout",
              "How long a logged-in client may say nothing; RFC 9051 wants at least 30 minutes.",
              Period<Imap>{&Imap::idle_timeout, seconds(1), hours(24)}},
};

const std::array kPop3Keys = {
    Key<Pop3>{"idle_timeout",
              "How long a client may say nothing; RFC 1939 wants at least 10 minutes.",
              Period<Pop3>{&Pop3::idle_timeout, seconds(1), hours(24)}},
};

const std::array kDnsKeys = {
    Key<Dns>{
        "forwarders",
        "Name servers to ask, as \"192.0.2.1\" or \"192.0.2.1@5353\". Empty: from the root down.",
        Texts<Dns>{&Dns::forwarders, no_forwarder}},
    Key<Dns>{"root_hints", "A file with the root servers. Empty: those built in.",
             Path<Dns>{&Dns::root_hints}},
    Key<Dns>{"zones", "Files of resource records that are answered from here: for tests.",
             Paths<Dns>{&Dns::zones}},
    Key<Dns>{"dnssec", "Whether answers are validated.", Toggle<Dns>{&Dns::dnssec}},
    Key<Dns>{"trust_anchor",
             "The root's key. Empty: without forwarders the one of Debian's dns-root-data, if it "
             "is there;\n"
             "with forwarders none, since not all hand on what validation needs.",
             Path<Dns>{&Dns::trust_anchor}},
};

const std::array kDeliveryKeys = {
    Key<Delivery>{"hello_name", "The name in EHLO to other servers. Empty: server.hostname.",
                  Text<Delivery>{&Delivery::hello_name, no_host_name}},
    Key<Delivery>{"families", "The addresses of other servers that are used.",
                  choice<&Delivery::families, Delivery>(kFamilies)},
    Key<Delivery>{"source_ipv4", "The IPv4 address to send from. Empty: the system's choice.",
                  Text<Delivery>{&Delivery::source_ipv4, no_ipv4}},
    Key<Delivery>{"source_ipv6", "The IPv6 address to send from. Empty: the system's choice.",
                  Text<Delivery>{&Delivery::source_ipv6, no_ipv6}},
    Key<Delivery>{"port", "The port of other servers: 25, but in tests.",
                  Port<Delivery>{&Delivery::port, 1}},
    Key<Delivery>{"connections_max", "Outgoing connections in all.",
                  Number<Delivery>{&Delivery::connections_max, 1, 100'000}},
    Key<Delivery>{"connections_per_host", "Outgoing connections to one host.",
                  Number<Delivery>{&Delivery::connections_per_host, 1, 1000}},
    Key<Delivery>{"connect_timeout", "How long a connection to one address may take.",
                  Period<Delivery>{&Delivery::connect_timeout, seconds(1), minutes(10)}},
    Key<Delivery>{"retry_after",
                  "The waits after each failed attempt; the last one is used again and again.",
                  Periods<Delivery>{&Delivery::retry_after, seconds(1), hours(24)}},
    Key<Delivery>{"warn_after", "After this the sender is told once that delivery is late.",
                  Period<Delivery>{&Delivery::warn_after, seconds(1), hours(24 * 30)}},
    Key<Delivery>{"give_up_after", "After this the message goes back to its sender.",
                  Period<Delivery>{&Delivery::give_up_after, seconds(1), hours(24 * 30)}},
};

const std::array kLimitsKeys = {
    Key<Limits>{"connections_max", "Open connections in all.",
                Number<Limits>{&Limits::connections_max, 1, 10'000'000}},
    Key<Limits>{"connections_per_address",
                "Open connections of one IPv4 address or IPv6 /64 network.",
                Number<Limits>{&Limits::connections_per_address, 1, 10'000'000}},
    Key<Limits>{"login_failures_max", "Failed logins in one connection; then it is closed.",
                Number<Limits>{&Limits::login_failures_max, 1, 1000}},
};

const std::array kControlKeys = {
    Key<Control>{
        "socket",
        "The local socket through which commands reach the server. Empty: control.sock in the\n"
        "data folder.",
        Path<Control>{&Control::socket}},
};

}  // namespace

std::uint16_t standard_port(Protocol protocol) {
  constexpr std::array<std::uint16_t, 8> kPorts = {25, 24, 587, 465, 143, 993, 110, 995};
  return kPorts[static_cast<std::size_t>(protocol)];
}

std::string_view name_of(Protocol protocol) {
  return kProtocols[static_cast<std::size_t>(protocol)];
}

std::vector<Listener> default_listeners() {
  std::vector<Listener> out;
  for (const Protocol protocol :
       {Protocol::kSmtp, Protocol::kSubmission, Protocol::kSubmissions, Protocol::kImap,
        Protocol::kImaps, Protocol::kPop3, Protocol::kPop3s}) {
    out.push_back(Listener{.protocol = protocol, .port = standard_port(protocol)});
  }
  return out;
}

Section<Server> server_section() {
  return {"server", "What this machine is.", kServerKeys, &Config::server};
}
Section<Listener> listener_section() {
  return {"listener",
          "A socket to accept on; one table for each. Without any: smtp, submission, submissions,\n"
          "imap, imaps, pop3 and pop3s on all addresses.",
          kListenerKeys, nullptr, &Config::listeners};
}
Section<Certificate> certificate_section() {
  return {
      "certificate",
      "A certificate; one table for each. Clients get the one that has the name they ask for,\n"
      "else the first. An ECDSA and an RSA one of the same name serve it together. Without any:\n"
      "one that the server signs itself and keeps in the data folder.",
      kCertificateKeys, nullptr, &Config::certificates};
}
Section<Tls> tls_section() { return {"tls", "TLS with everybody.", kTlsKeys, &Config::tls}; }
Section<Smtp> smtp_section() {
  return {"smtp", "Mail that comes in: smtp, lmtp, submission and submissions.", kSmtpKeys,
          &Config::smtp};
}
Section<Imap> imap_section() { return {"imap", "Reading over IMAP.", kImapKeys, &Config::imap}; }
Section<Pop3> pop3_section() { return {"pop3", "Reading over POP3.", kPop3Keys, &Config::pop3}; }
Section<Dns> dns_section() {
  return {"dns", "Looking up where mail goes.", kDnsKeys, &Config::dns};
}
Section<Delivery> delivery_section() {
  return {"delivery", "Mail that goes out to other servers.", kDeliveryKeys, &Config::delivery};
}
Section<Limits> limits_section() {
  return {"limits", "What one client, or all of them, may use up.", kLimitsKeys, &Config::limits};
}
Section<Control> control_section() {
  return {"control", "How `hikyaku account add` and the like reach the running server.",
          kControlKeys, &Config::control};
}

}  // namespace hikyaku::config
