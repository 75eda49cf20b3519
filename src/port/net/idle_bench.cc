// SPDX-License-Identifier: Apache-2.0
// What an idle connection costs the server in memory, plain and TLS: N clients in a process of
// their own connect, shake hands, get a greeting and fall silent.
//
//   net_idle_bench [CONNECTIONS]     (default 1000)
#include <fmt/format.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <latch>
#include <string>

#include "base/assert.h"
#include "base/task_scope.h"
#include "port/crypto/testing/temp_certificate.h"
#include "port/crypto/tls.h"
#include "port/net/connect.h"
#include "port/net/listener.h"
#include "port/net/testing/streams.h"

namespace hikyaku::net {
namespace {

using namespace std::chrono_literals;

enum class Kind : unsigned char { kPlain, kTls };

std::size_t resident_kib() {
  std::ifstream in("/proc/self/status");
  std::string word;
  while (in >> word) {
    if (word == "VmRSS:") {
      std::size_t kib = 0;
      in >> kib;
      return kib;
    }
  }
  return 0;
}

struct Server {
  LoopPool loops;
  TaskScope accepting;
  TaskScope sessions;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<crypto::TlsServer> tls;
  std::atomic<std::size_t> idle{0};
};

Task<void> session(Server* server, Kind kind, StreamPtr stream) {
  if (kind == Kind::kTls && !co_await stream->accept_tls(*server->tls, after(60s))) co_return;
  if (!co_await stream->write("220 mx.example.org ESMTP\r\n", 60s)) co_return;
  ++server->idle;
  (void)co_await stream->idle(after(1h));
}

Task<void> be_clients(Endpoint at, Kind kind, int count) {
  const auto tls = crypto::TlsClient::make({}).value();
  std::vector<StreamPtr> clients;
  for (int i = 0; i < count; ++i) {
    auto stream = co_await connect(at, {}, after(60s));
    HK_ASSERT(stream.has_value());
    if (kind == Kind::kTls) {
      HK_ASSERT((co_await (*stream)->connect_tls(*tls, "mx.example.org", after(60s))).has_value());
    }
    (void)co_await read_until(stream->get(), "\n");
    clients.push_back(std::move(*stream));
  }
  co_await clients.front()->readable(after(1h));  // until the server ends
}

void measure(Kind kind, int count) {
  const crypto::TempCertificate certificate({"mx.example.org"});
  Server server;
  server.tls = crypto::TlsServer::make({.certificates = {certificate.files()}}).value();
  server.listener =
      Listener::open({.at = {IpAddress::v4({127, 0, 0, 1}), 0, {}}, .sockets = server.loops.size()})
          .value();
  const pid_t child = ::fork();  // before there are threads
  if (child == 0) {
    run_on_loop(be_clients(server.listener->local(), kind, count));
    ::_exit(0);
  }
  server.loops.start();
  const auto handler = [&server, kind](StreamPtr stream) {
    return session(&server, kind, std::move(stream));
  };
  const std::size_t resident_before = resident_kib();
  const std::size_t heap_before = ::mallinfo2().uordblks;
  serve(*server.listener, server.loops, {"bench", &server.accepting, &server.sessions, nullptr, {}},
        handler);
  while (server.idle < static_cast<std::size_t>(count)) std::this_thread::sleep_for(10ms);
  const std::size_t resident = resident_kib() - resident_before;
  const std::size_t heap = (::mallinfo2().uordblks - heap_before) / 1024;
  fmt::print("{} {} idle connections: {:.1f} MiB resident, {:.1f} KiB each (heap in use {:.1f})\n",
             count, kind == Kind::kTls ? "TLS" : "plain", static_cast<double>(resident) / 1024,
             static_cast<double>(resident) / count, static_cast<double>(heap) / count);
  server.accepting.stop();
  server.sessions.stop();
  run_sync(server.sessions.join());
  run_sync(server.accepting.join());
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace hikyaku::net

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 1000;
  hikyaku::net::raise_descriptor_limit();
  // A process each: memory that the first one gave back would hide what the second one takes.
  if (const pid_t plain = ::fork(); plain == 0) {
    hikyaku::net::measure(hikyaku::net::Kind::kPlain, count);
    std::fflush(stdout);
    ::_exit(0);
  } else {
    ::waitpid(plain, nullptr, 0);
  }
  hikyaku::net::measure(hikyaku::net::Kind::kTls, count);
  return 0;
}
