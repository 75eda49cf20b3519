// SPDX-License-Identifier: Apache-2.0
#include "app/listeners.h"

#include "app/certificates.h"
#include "base/event.h"
#include "base/event_keys.h"
#include "base/words.h"
#include "protocol/sasl/registry.h"

namespace hikyaku::app {
namespace {

namespace key = event::key;
using config::Protocol;

bool has_tls_at_once(Protocol protocol) {
  return protocol == Protocol::kSubmissions || protocol == Protocol::kImaps ||
         protocol == Protocol::kPop3s;
}

Result<net::Endpoint> endpoint_of(const config::Listener& listener) {
  net::Endpoint out;
  if (!listener.path.empty()) {
    out.path = listener.path;
    return out;
  }
  const auto address = net::IpAddress::parse(listener.address);
  if (!address)
    return permanent(Words{"listener address is no IP address: {0}",
                           "listener の address が IP アドレスではありません: {0}"},
                     listener.address);
  out.address = *address;
  out.port = listener.port;
  return out;
}

Result<std::vector<net::Network>> networks_of(const std::vector<std::string>& texts) {
  std::vector<net::Network> out;
  for (const auto& text : texts) {
    HK_ASSIGN(auto network, net::Network::parse(text));
    out.push_back(network);
  }
  return out;
}

smtp::Role role_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::kLmtp: return smtp::Role::kLmtp;
    case Protocol::kSubmission:
    case Protocol::kSubmissions: return smtp::Role::kSubmission;
    default: return smtp::Role::kInbound;
  }
}

login::Options login_options(const config::Config& config) {
  return {.allowed = {.scram = config.auth.scram == config::Switch::kOn,
                      .channel_binding = config.auth.channel_binding == config::Switch::kOn,
                      .cram_md5 = config.auth.cram_md5 == config::Switch::kOn},
          .host = host_name(config),
          .default_domain = config.server.default_domain};
}

Result<std::unique_ptr<smtp_server::Options>> smtp_options(const BoundListener& bound,
                                                           const config::Config& config) {
  auto out = std::make_unique<smtp_server::Options>();
  auto& protocol = out->protocol;
  protocol.role = role_of(bound.config.protocol);
  protocol.host = host_name(config);
  out->login = login_options(config);
  out->tls_start = has_tls_at_once(bound.config.protocol) ? smtp_server::TlsStart::kImplicit
                                                          : smtp_server::TlsStart::kStartTls;
  protocol.starttls = out->tls_start == smtp_server::TlsStart::kStartTls;
  if (protocol.role == smtp::Role::kSubmission) {
    protocol.auth_required = true;
    for (const auto name : sasl::offered(sasl::ChannelSecurity::kEncrypted, sasl::Binding::kThere,
                                         out->login.allowed))
      protocol.mechanisms.emplace_back(name);
  }
  protocol.message_octets_max = config.smtp.message_size_max.octets;
  protocol.recipients_max = config.smtp.recipients_max;
  protocol.messages_max = config.smtp.messages_max;
  protocol.errors_max = config.smtp.errors_max;
  protocol.auth_failures_max = config.limits.login_failures_max;
  protocol.command_timeout =
      std::chrono::duration_cast<std::chrono::seconds>(config.smtp.command_timeout);
  protocol.data_timeout =
      std::chrono::duration_cast<std::chrono::seconds>(config.smtp.data_timeout);
  out->listener = bound.socket->local().text();
  out->postmaster = config.smtp.postmaster;
  HK_ASSIGN(out->relay_networks, networks_of(config.smtp.relay_networks));
  return out;
}

/// What a client is told that comes when there are too many, in its protocol's words.
std::string refusal_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::kSmtp:
    case Protocol::kLmtp:
    case Protocol::kSubmission:
      return "421 4.7.0 too many connections, try again later [HK-TOO-MANY-CONNECTIONS]\r\n";
    case Protocol::kImap: return "* BYE too many connections, try again later\r\n";
    case Protocol::kPop3: return "-ERR [SYS/TEMP] too many connections, try again later\r\n";
    default: return {};
  }
}

Result<net::Handler> handler_of(BoundListener& bound, const config::Config& config,
                                const ServerPorts& ports) {
  const bool implicit = has_tls_at_once(bound.config.protocol);
  switch (bound.config.protocol) {
    case Protocol::kSmtp:
    case Protocol::kLmtp:
    case Protocol::kSubmission:
    case Protocol::kSubmissions: {
      HK_ASSIGN(bound.smtp, smtp_options(bound, config));
      return [options = bound.smtp.get(), p = &ports.smtp](net::StreamPtr stream) {
        return smtp_server::serve(options, p, std::move(stream));
      };
    }
    case Protocol::kImap:
    case Protocol::kImaps: {
      bound.imap = std::make_unique<imap_server::Options>();
      bound.imap->tls_start =
          implicit ? imap_server::TlsStart::kImplicit : imap_server::TlsStart::kStartTls;
      bound.imap->login = login_options(config);
      HK_ASSIGN(bound.imap->plaintext_networks, networks_of(config.tls.plaintext_login_networks));
      bound.imap->listener = bound.socket->local().text();
      bound.imap->idle_patience = config.imap.idle_timeout;
      bound.imap->logins_max = config.limits.login_failures_max;
      bound.imap->message_octets_max = config.smtp.message_size_max.octets;
      return [options = bound.imap.get(), p = &ports.imap](net::StreamPtr stream) {
        return imap_server::serve(options, p, std::move(stream));
      };
    }
    default: {
      bound.pop3 = std::make_unique<pop3_server::Options>();
      bound.pop3->tls_start =
          implicit ? pop3_server::TlsStart::kImplicit : pop3_server::TlsStart::kStartTls;
      bound.pop3->login = login_options(config);
      HK_ASSIGN(bound.pop3->plaintext_networks, networks_of(config.tls.plaintext_login_networks));
      bound.pop3->listener = bound.socket->local().text();
      bound.pop3->idle_patience = config.pop3.idle_timeout;
      bound.pop3->logins_max = config.limits.login_failures_max;
      return [options = bound.pop3.get(), p = &ports.pop3](net::StreamPtr stream) {
        return pop3_server::serve(options, p, std::move(stream));
      };
    }
  }
}

}  // namespace

Result<std::vector<BoundListener>> bind_listeners(const config::Config& config, std::size_t loops) {
  std::vector<BoundListener> out;
  for (const auto& listener : config.listeners) {
    net::ListenOptions options;
    HK_ASSIGN(options.at, endpoint_of(listener));
    options.sockets = listener.path.empty() ? loops : 1;
    auto socket = net::Listener::open(options);
    if (!socket)
      return std::unexpected(std::move(socket).error().in(
          std::string(config::name_of(listener.protocol)) + " listener"));
    out.push_back({listener, *std::move(socket), {}, {}, {}});
  }
  return out;
}

Status start_listeners(std::vector<BoundListener>& listeners, const config::Config& config,
                       const ServerPorts& ports, net::LoopPool& loops, Scopes& scopes,
                       net::ConnectionLimit& limit) {
  for (auto& bound : listeners) {
    HK_ASSIGN(auto handler, handler_of(bound, config, ports));
    net::ServeOptions options;
    options.name = config::name_of(bound.config.protocol);
    options.accepting = &scopes.accepting;
    options.sessions = &scopes.sessions;
    options.limit = &limit;
    options.refusal = refusal_of(bound.config.protocol);
    event::info("app.listening",
                {{key::kProtocol, options.name}, {key::kListener, bound.socket->local().text()}});
    net::serve(*bound.socket, loops, std::move(options), std::move(handler));
  }
  return {};
}

}  // namespace hikyaku::app
