// SPDX-License-Identifier: Apache-2.0
// Round trips of a short line over loopback, plain and TLS, the server on a loop of its own; beside
// it the same with blocking sockets and a thread each, which is the kernel's part of it.
#include <benchmark/benchmark.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "base/assert.h"
#include "base/task_scope.h"
#include "port/crypto/testing/temp_certificate.h"
#include "port/crypto/tls.h"
#include "port/net/connect.h"
#include "port/net/listener.h"
#include "port/net/socket_address.h"

namespace hikyaku::net {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kLine = "NOOP this is a line of some forty octets\r\n";

Task<void> echo(const crypto::TlsServer* tls, StreamPtr stream) {
  if (tls != nullptr && !co_await stream->accept_tls(*tls, after(60s))) co_return;
  for (;;) {
    if (!co_await stream->idle(after(60s))) co_return;
    const auto buffer = Loop::current()->read_buffer();
    const auto got = co_await stream->read_some(buffer, after(60s));
    if (!got || *got == 0) co_return;
    const std::string reply(buffer.data(), *got);
    if (!co_await stream->write(reply, 60s)) co_return;
  }
}

Task<void> talk(benchmark::State* state, Endpoint at, const crypto::TlsClient* tls) {
  auto stream = (co_await connect(at, {}, after(60s))).value();
  if (tls != nullptr) {
    HK_ASSERT((co_await stream->connect_tls(*tls, "mx.example.org", after(60s))).has_value());
  }
  for (auto unused : *state) {
    HK_ASSERT((co_await stream->write(kLine, 60s)).has_value());
    HK_ASSERT((co_await stream->readable(after(60s))).has_value());
    const auto got = co_await stream->read_some(Loop::current()->read_buffer(), after(60s));
    HK_ASSERT(got.has_value() && *got == kLine.size());
  }
}

void round_trips(benchmark::State& state, bool with_tls) {
  const crypto::TempCertificate certificate({"mx.example.org"});
  const auto server = crypto::TlsServer::make({.certificates = {certificate.files()}}).value();
  const auto client = crypto::TlsClient::make({}).value();
  LoopPool loops(1);
  loops.start();
  TaskScope accepting, sessions;
  const auto listener = Listener::open({.at = {IpAddress::v4({127, 0, 0, 1}), 0, {}}}).value();
  const crypto::TlsServer* const tls = with_tls ? server.get() : nullptr;
  serve(*listener, loops, {"bench", &accepting, &sessions, nullptr, {}},
        [tls](StreamPtr stream) { return echo(tls, std::move(stream)); });
  run_on_loop(talk(&state, listener->local(), with_tls ? client.get() : nullptr));
  accepting.stop();
  sessions.stop();
  run_sync(sessions.join());
  run_sync(accepting.join());
}

void plain(benchmark::State& state) { round_trips(state, false); }
void tls(benchmark::State& state) { round_trips(state, true); }

void blocking(benchmark::State& state) {
  const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
  const SocketAddress any(Endpoint{IpAddress::v4({127, 0, 0, 1}), 0, {}});
  HK_ASSERT(::bind(listening, any.raw(), any.size) == 0 && ::listen(listening, 1) == 0);
  std::thread server([listening] {
    const int fd = ::accept(listening, nullptr, nullptr);
    char buffer[4096];
    for (;;) {
      const ssize_t got = ::read(fd, buffer, sizeof buffer);
      if (got <= 0 || ::write(fd, buffer, static_cast<std::size_t>(got)) != got) break;
    }
    ::close(fd);
  });
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const SocketAddress at(local_endpoint(listening));
  HK_ASSERT(::connect(fd, at.raw(), at.size) == 0);
  char buffer[4096];
  for (auto unused : state) {
    HK_ASSERT(::write(fd, kLine.data(), kLine.size()) == static_cast<ssize_t>(kLine.size()));
    HK_ASSERT(::read(fd, buffer, sizeof buffer) == static_cast<ssize_t>(kLine.size()));
  }
  ::close(fd);
  server.join();
  ::close(listening);
}

BENCHMARK(plain)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(tls)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(blocking)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace hikyaku::net

BENCHMARK_MAIN();
