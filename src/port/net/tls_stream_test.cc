// SPDX-License-Identifier: Apache-2.0
// Goal: TLS over a stream keeps the stream's contract: every octet, deadlines, idle waits, ends.
#include <gtest/gtest.h>

#include "base/task_scope.h"
#include "port/crypto/testing/temp_certificate.h"
#include "port/crypto/tls.h"
#include "port/net/loop.h"
#include "port/net/testing/streams.h"
#include "port/net/timer.h"

namespace hikyaku::net {
namespace {

using namespace std::chrono_literals;

Deadline soon() { return after(20s); }

class TlsStream : public testing::Test {
 protected:
  const crypto::TempCertificate certificate{{"mx.example.org"}};
  const std::unique_ptr<crypto::TlsServer> server =
      crypto::TlsServer::make({.certificates = {certificate.files()}}).value();
  const std::unique_ptr<crypto::TlsClient> client = crypto::TlsClient::make({}).value();

  /// `ours` is the server's side.
  Task<StreamPair> talk() {
    auto pair = stream_pair();
    TaskScope scope;
    scope.spawn(accept(pair.ours.get(), server.get()));
    EXPECT_TRUE((co_await pair.theirs->connect_tls(*client, "mx.example.org", soon())).has_value());
    co_await scope.join();
    co_return std::move(pair);
  }
  static Task<void> accept(Stream* stream, const crypto::TlsServer* tls) {
    EXPECT_TRUE((co_await stream->accept_tls(*tls, soon())).has_value());
  }
};

TEST_F(TlsStream, CarriesMuchBothWaysAndTellsOfTls) {
  auto test = [](Task<StreamPair> made) -> Task<void> {
    auto pair = co_await std::move(made);
    EXPECT_EQ(pair.ours->tls()->version, "TLSv1.3");
    EXPECT_EQ(pair.ours->tls()->server_name, "mx.example.org");
    std::string octets(2'000'000, '\0');
    for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<char>(i * i >> 3);
    octets += "END";
    auto writer = [](Stream* stream, std::string all) -> Task<void> {
      EXPECT_TRUE((co_await stream->write_pieces({all, "", "."}, 20s)).has_value());
    };
    TaskScope scope;
    scope.spawn(writer(pair.ours.get(), octets));
    scope.spawn(writer(pair.theirs.get(), octets));
    EXPECT_TRUE(co_await read_until(pair.ours.get(), "END.") == octets + ".");
    EXPECT_TRUE(co_await read_until(pair.theirs.get(), "END.") == octets + ".");
    co_await scope.join();
  };
  run_on_loop(test(talk()));
}

TEST_F(TlsStream, IdleWaitsSeeOctetsTimeWakesAndTheEnd) {
  auto test = [](Task<StreamPair> made) -> Task<void> {
    auto pair = co_await std::move(made);
    // The client gets the session tickets: a record, but nothing to read.
    EXPECT_FALSE((co_await pair.theirs->idle(after(5ms))).has_value());
    pair.theirs->wake();
    EXPECT_EQ((co_await pair.theirs->idle(soon())).value(), Ready::kWoken);
    EXPECT_TRUE((co_await pair.ours->write("two octets", 20s)).has_value());
    EXPECT_EQ((co_await pair.theirs->idle(soon())).value(), Ready::kInput);
    char octet;
    // What OpenSSL has read of a record is input, though the socket is empty.
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ((co_await pair.theirs->idle(soon())).value(), Ready::kInput);
      EXPECT_EQ((co_await pair.theirs->read_some({&octet, 1}, soon())).value(), 1U);
    }
    EXPECT_FALSE((co_await pair.theirs->idle(after(1ms))).has_value());
    pair.ours->close();
    EXPECT_EQ((co_await pair.theirs->idle(soon())).value(), Ready::kInput);
    EXPECT_EQ((co_await pair.theirs->read_some({&octet, 1}, soon())).value(), 0U);
  };
  run_on_loop(test(talk()));
}

TEST_F(TlsStream, AClientThatSaysNothingMeetsTheDeadline) {
  auto test = [](const crypto::TlsServer* tls) -> Task<void> {
    auto pair = stream_pair();
    const auto status = co_await pair.ours->accept_tls(*tls, after(2ms));
    EXPECT_FALSE(status.has_value());
    EXPECT_EQ(status.error().remedy, Remedy::kRetryLater);
    EXPECT_NE(status.error().text.find("timed out"), std::string::npos);
  };
  run_on_loop(test(server.get()));
}

TEST_F(TlsStream, AClientThatSpeaksInTheClearIsClosed) {
  auto test = [](const crypto::TlsServer* tls) -> Task<void> {
    auto pair = stream_pair();
    EXPECT_TRUE((co_await pair.theirs->write("EHLO client.example\r\n", 20s)).has_value());
    const auto status = co_await pair.ours->accept_tls(*tls, soon());
    EXPECT_FALSE(status.has_value());
    EXPECT_EQ(status.error().remedy, Remedy::kClosePeer);
    EXPECT_FALSE(pair.ours->tls().has_value());
  };
  run_on_loop(test(server.get()));
}

TEST_F(TlsStream, AStopEndsAHandshake) {
  auto test = [](const crypto::TlsServer* tls) -> Task<void> {
    TaskScope sessions, tasks;
    {
      auto pair = stream_pair(&sessions);
      auto handshake = [](Stream* stream, const crypto::TlsServer* with) -> Task<void> {
        EXPECT_FALSE((co_await stream->accept_tls(*with, soon())).has_value());
      };
      tasks.spawn(handshake(pair.ours.get(), tls));
      sessions.stop();
      co_await tasks.join();
    }
  };
  run_on_loop(test(server.get()));
}

TEST_F(TlsStream, ASlowReaderCostsTheWriterItsPatience) {
  auto test = [](Task<StreamPair> made) -> Task<void> {
    auto pair = co_await std::move(made);
    const auto status = co_await pair.ours->write(std::string(8'000'000, 'x'), 5ms);
    EXPECT_FALSE(status.has_value());
    EXPECT_NE(status.error().text.find("timed out"), std::string::npos);
  };
  run_on_loop(test(talk()));
}

// Every operation of a handshake and a dialogue fails once; both sides always come to an end.
TEST_F(TlsStream, FailureWalk) {
  auto serve_one = [](Stream* stream, const crypto::TlsServer* tls) -> Task<void> {
    if (!co_await stream->accept_tls(*tls, soon())) co_return;
    while (true) {
      const auto ready = co_await stream->idle(soon());
      if (!ready) co_return;
      const auto buffer = Loop::current()->read_buffer();
      const auto got = co_await stream->read_some(buffer, soon());
      if (!got || *got == 0) co_return;
      if (!co_await stream->write(std::string(buffer.data(), *got), 20s)) co_return;
    }
  };
  struct Ends {
    const crypto::TlsServer* server;
    const crypto::TlsClient* client;
  };
  auto walk = [](auto serve, Ends tls, std::size_t n, bool* failed) -> Task<void> {
    auto pair = stream_pair();
    FaultyStream faulty(std::move(pair.ours), n);
    TaskScope scope;
    scope.spawn(serve(&faulty, tls.server));
    if (co_await pair.theirs->connect_tls(*tls.client, "mx.example.org", soon())) {
      for (int i = 0; i < 3; ++i) {
        if (!co_await pair.theirs->write("line\n", 20s)) break;
        if (co_await read_until(pair.theirs.get(), "\n") != "line\n") break;
      }
    }
    pair.theirs->close();
    co_await scope.join();
    *failed = faulty.failed();
  };
  std::size_t n = 0;
  for (bool failed = true; failed; ++n)
    run_on_loop(walk(serve_one, {server.get(), client.get()}, n, &failed));
  EXPECT_GT(n, 8U);
}

}  // namespace
}  // namespace hikyaku::net
