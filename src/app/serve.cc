// SPDX-License-Identifier: Apache-2.0
#include "app/serve.h"

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <ctime>
#include <filesystem>
#include <optional>
#include <utility>

#include "app/certificate_watch.h"
#include "app/certificates.h"
#include "app/config_file.h"
#include "app/control_server.h"
#include "app/dns_options.h"
#include "app/files.h"
#include "app/listeners.h"
#include "app/rights.h"
#include "app/site.h"
#include "app/upkeep.h"
#include "base/event.h"
#include "base/event_keys.h"
#include "base/heap.h"
#include "explain/explain.h"
#include "port/dns/resolver.h"
#include "port/net/timer.h"
#include "service/delivery/delivery.h"
#include "service/intake/intake.h"

namespace hikyaku::app {
namespace {

namespace key = event::key;
constexpr timespec kCertificatesSeenEvery = {.tv_sec = 10, .tv_nsec = 0};

/// Everything that a running server is made of, in the order in which it is made; it ends in the
/// other.
struct Server {
  const config::Config& config;
  std::string host;
  net::LoopPool loops;
  std::vector<BoundListener> listeners;
  std::unique_ptr<net::Listener> control;
  std::unique_ptr<Site> site;
  std::unique_ptr<dns::Resolver> resolver;
  std::unique_ptr<crypto::TlsServer> tls;
  std::optional<CertificateWatch> certificates;
  std::unique_ptr<crypto::TlsClient> tls_client;
  std::unique_ptr<intake::Intake> intake;
  std::unique_ptr<delivery::Delivery> delivery;
  std::unique_ptr<net::ConnectionLimit> limit;
  pop3_server::MaildropLocks maildrops;
  std::optional<ServerPorts> ports;
  Scopes scopes;
  TaskScope background;  ///< delivery, upkeep

  explicit Server(const config::Config& c) : config(c), loops(c.server.threads) {}
};

sigset_t our_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

delivery::Options delivery_options(const Server& server) {
  const auto& from = server.config.delivery;
  delivery::Options out;
  out.host = server.host;
  out.hello_name = from.hello_name.empty() ? server.host : from.hello_name;
  out.families = static_cast<dns::RouteOptions::Families>(from.families);
  if (!from.source_ipv4.empty()) out.source_v4 = net::IpAddress::parse(from.source_ipv4);
  if (!from.source_ipv6.empty()) out.source_v6 = net::IpAddress::parse(from.source_ipv6);
  out.port = from.port;
  out.connections_max = from.connections_max;
  out.connections_per_site = from.connections_per_host;
  out.connect_patience = from.connect_timeout;
  auto seconds = [](Duration d) { return std::chrono::duration_cast<std::chrono::seconds>(d); };
  out.plan.steps.clear();
  for (const auto step : from.retry_after) out.plan.steps.push_back(seconds(step));
  out.plan.then = out.plan.steps.back();
  out.plan.lifetime = seconds(from.give_up_after);
  out.plan.warn_after = seconds(from.warn_after);
  out.own_names = {server.host};
  // A loop is where we ourselves would answer: the port must be ours too.
  for (const auto& bound : server.listeners)
    if (bound.socket->local().path.empty() && bound.socket->local().port == from.port)
      out.own_addresses.push_back(bound.socket->local().address);
  return out;
}

/// What a remote's reply means, for the part of a report that people read.
std::string explain_for_report(const smtp::Reply& reply, dsn::Language language) {
  const auto in = language == dsn::Language::kJapanese ? Language::kJapanese : Language::kEnglish;
  const auto found = explain::explain(reply.one_line(), in);
  if (!found) return {};
  return fmt::format("{} {}", found->meaning, found->remedy);
}

/// Everything that the start can find wrong, before the first connection.
Status open_all(Server& server) {
  const auto& config = server.config;
  server.host = host_name(config);
  HK_ASSIGN(server.listeners, bind_listeners(config, server.loops.size()));
  HK_TRY(become_user(config.server.user, config.server.data, UserRequired::kYes));
  HK_ASSIGN(server.site, open_site(config));
  net::ListenOptions control;
  control.at.path = config.control.socket;
  HK_ASSIGN(server.control, net::Listener::open(control));
  crypto::TlsServerOptions tls;
  HK_ASSIGN(tls.certificates, certificate_files(config, server.site->clock.now()));
  server.certificates.emplace(tls.certificates);
  HK_ASSIGN(server.tls, crypto::TlsServer::make(std::move(tls)));
  HK_ASSIGN(server.tls_client, crypto::TlsClient::make({}));
  HK_ASSIGN(auto dns, dns_options(config));
  HK_ASSIGN(server.resolver, dns::make_unbound_resolver(std::move(dns)));
  return {};
}

void make_services(Server& server) {
  auto& site = *server.site;
  intake::Intake::Options options;
  options.host = server.host;
  options.received_fields_max = server.config.smtp.received_fields_max;
  server.intake = std::make_unique<intake::Intake>(options, *site.store, *site.mailboxes,
                                                   *site.directory, site.clock);
  server.delivery = std::make_unique<delivery::Delivery>(
      delivery_options(server),
      delivery::Ports{*site.store, *server.intake, *site.directory, *server.resolver,
                      *server.tls_client, site.clock, server.loops, explain_for_report});
  server.intake->on_queued([&d = *server.delivery](const queue::Item& item) { d.queued(item); });
  server.limit = std::make_unique<net::ConnectionLimit>(net::ConnectionLimit::Maxima{
      server.config.limits.connections_max, server.config.limits.connections_per_address});
  server.ports.emplace(
      ServerPorts{smtp_server::Ports{*server.intake, *site.directory, server.resolver.get(),
                                     server.tls.get(), site.clock},
                  imap_server::Ports{*site.directory, *site.mailboxes, *site.store, site.hints,
                                     server.tls.get(), site.clock},
                  pop3_server::Ports{*site.directory, *site.mailboxes, *site.store,
                                     server.maildrops, server.tls.get(), site.clock}});
}

AdminPorts admin_ports(Server& server) {
  auto ports = server.site->admin_ports();
  ports.delivery = server.delivery.get();
  return ports;
}

Status start(Server& server) {
  server.loops.start();
  HK_TRY(start_listeners(server.listeners, server.config, *server.ports, server.loops,
                         server.scopes, *server.limit));
  net::ServeOptions control;
  control.name = "control";
  control.accepting = &server.scopes.accepting;
  control.sessions = &server.scopes.sessions;
  net::serve(*server.control, server.loops, std::move(control), [&server](net::StreamPtr stream) {
    return serve_control(admin_ports(server), std::move(stream));
  });
  server.background.spawn_on(server.loops.next(), server.delivery->run(&server.background));
  server.background.spawn_on(
      server.loops.next(),
      trim_trail(server.site->store.get(), &server.site->clock, &server.background));
  return {};
}

/// Lets what is under way end, within the patience; the rest is cut.
Task<void> stop(Server* server) {
  notify_manager("STOPPING=1");
  server->scopes.accepting.stop();
  co_await server->scopes.accepting.join();
  const auto until = net::after(server->config.server.stop_patience);
  while (server->scopes.sessions.size() != 0 && std::chrono::steady_clock::now() < until)
    ignore(co_await net::sleep_for(std::chrono::milliseconds(20), nullptr), "only waits");
  server->scopes.sessions.stop();
  co_await server->scopes.sessions.join();
  server->background.stop();
  co_await server->background.join();
  const auto flushed = co_await server->site->store->flush();
  if (!flushed) event::warn("app.flush", {{key::kError, flushed.error().text}});
}

Task<void> stop_on(net::Loop* loop, Server* server) {
  co_await ResumeOn(*loop);
  co_await stop(server);
}

void tell_not_reloaded(const Error& error) {
  event::error("app.reload", {{key::kError, error.text + "; all stays as it was"}});
}

void reload(Server& server, const std::string& config_file) {
  std::optional<config::Config> fresh;
  if (!config_file.empty()) {
    auto loaded = load_config(config_file);
    if (!loaded) return tell_not_reloaded(loaded.error());
    fresh = *std::move(loaded);
  }
  const auto& config = fresh ? *fresh : server.config;
  auto files = certificate_files(config, server.site->clock.now());
  if (!files) return tell_not_reloaded(files.error());
  CertificateWatch watch(*files);
  const auto reloaded = server.tls->reload(*std::move(files));
  if (!reloaded) return tell_not_reloaded(reloaded.error());
  server.certificates = std::move(watch);
  event::configure(config.server.log_level, config.server.log_format);
  event::info("app.reloaded");
}

void look_at_certificates(Server& server) {
  const auto seen = server.certificates->look(*server.tls);
  if (!seen) return tell_not_reloaded(seen.error());
  if (*seen == CertificateWatch::Seen::kTaken) event::info("app.certificates_renewed");
}

void wait_for_end(Server& server, const ServeOptions& options) {
  const auto signals = our_signals();
  for (;;) {
    const int signal = sigtimedwait(&signals, nullptr, &kCertificatesSeenEvery);
    if (signal < 0) {
      if (errno == EAGAIN) look_at_certificates(server);
      continue;
    }
    event::info("app.signal", {{key::kSignal, signal == SIGHUP ? "reload" : "stop"}});
    if (signal != SIGHUP) return;
    reload(server, options.config_file);
  }
}

}  // namespace

Status serve(const config::Config& config, ServeOptions options) {
  event::configure(config.server.log_level, config.server.log_format);
  // Blocked before the first thread is made, so that all threads have it so; this one waits for
  // them.
  const auto signals = our_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  net::raise_descriptor_limit();
  keep_freed_memory();

  Server server(config);
  HK_TRY(open_all(server));
  make_services(server);
  const auto started = start(server);
  if (started) {
    event::info("app.ready", {{key::kHost, server.host}, {key::kVersion, HIKYAKU_VERSION}});
    notify_manager("READY=1");
    if (options.ready) options.ready();
    wait_for_end(server, options);
  }
  run_sync(stop_on(&server.loops.next(), &server));
  server.loops.stop();
  server.loops.join();
  if (!started) return started;
  event::info("app.stopped");
  return {};
}

}  // namespace hikyaku::app
