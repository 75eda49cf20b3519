// SPDX-License-Identifier: Apache-2.0
// Goal: listeners take connections on every loop within their limits, say why when they can't be
// opened, and stop gracefully or at once; connecting says what went wrong.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <latch>
#include <mutex>
#include <set>

#include "base/task_scope.h"
#include "port/net/connect.h"
#include "port/net/listener.h"
#include "port/net/socket_address.h"
#include "port/net/testing/streams.h"
#include "port/net/timer.h"

namespace hikyaku::net {
namespace {

using namespace std::chrono_literals;

const Endpoint kAnyPort{IpAddress::v4({127, 0, 0, 1}), 0, {}};
Deadline soon() { return after(20s); }

/// Sends lines back until the client ends; says goodbye at a graceful stop.
Task<void> echo(StreamPtr stream) {
  for (;;) {
    const auto ready = co_await stream->idle(soon());
    if (!ready) co_return;
    if (*ready == Ready::kStopping) {
      (void)co_await stream->write("bye\n", 20s);
      co_return;
    }
    const auto buffer = Loop::current()->read_buffer();
    const auto got = co_await stream->read_some(buffer, soon());
    if (!got || *got == 0) co_return;
    const std::string copy(buffer.data(), *got);
    if (!co_await stream->write(copy, 20s)) co_return;
  }
}

/// A server on its own threads, stopped at the end in the order of the README.
struct Server {
  LoopPool loops{2};
  TaskScope accepting;
  TaskScope sessions;
  std::unique_ptr<Listener> listener;

  explicit Server(Endpoint at = kAnyPort, ConnectionLimit* limit = nullptr,
                  std::string refusal = {}, Handler handler = echo) {
    loops.start();
    listener = Listener::open({.at = std::move(at), .sockets = loops.size()}).value();
    serve(*listener, loops, {"test", &accepting, &sessions, limit, std::move(refusal)},
          std::move(handler));
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    accepting.stop();
    sessions.stop();
    run_sync(sessions.join());
    run_sync(accepting.join());
  }
};

Task<StreamPtr> call(Endpoint to) {
  auto stream = co_await connect(std::move(to), {}, soon());
  EXPECT_TRUE(stream.has_value()) << stream.error().text;
  co_return std::move(*stream);
}

Task<void> expect_echo(Stream* stream) {
  EXPECT_TRUE((co_await stream->write("hello\n", 20s)).has_value());
  EXPECT_EQ(co_await read_until(stream, "\n"), "hello\n");
}

TEST(Serve, ManyClientsAreServedOnAllLoops) {
  std::mutex mutex;
  std::set<Loop*> seen;
  Server server(kAnyPort, nullptr, {}, [&](StreamPtr stream) {
    const std::lock_guard lock(mutex);
    seen.insert(Loop::current());
    return echo(std::move(stream));
  });
  auto test = [](Endpoint at) -> Task<void> {
    std::vector<StreamPtr> clients;
    for (int i = 0; i < 64; ++i) clients.push_back(co_await call(at));
    for (const auto& client : clients) co_await expect_echo(client.get());
  };
  run_on_loop(test(server.listener->local()));
  EXPECT_EQ(seen.size(), 2U);  // the kernel spreads 64 over 2: all on one, once in 10^19
}

TEST(Serve, BothFamiliesComeInThroughTheDualStack) {
  const Server server(Endpoint{IpAddress::v6({}), 0, {}});
  auto test = [](std::uint16_t port) -> Task<void> {
    const auto four = co_await call({IpAddress::v4({127, 0, 0, 1}), port, {}});
    EXPECT_EQ(four->local().address.text(), "127.0.0.1");
    co_await expect_echo(four.get());
    auto six = co_await connect({*IpAddress::parse("::1"), port, {}}, {}, soon());
    if (six) co_await expect_echo(six->get());  // where the machine has IPv6
  };
  run_on_loop(test(server.listener->local().port));
}

TEST(Serve, ALocalSocketHasItsModeAndGoesAway) {
  const auto path = std::filesystem::temp_directory_path() / ("hk-" + std::to_string(getpid()));
  {
    const Server server(Endpoint{{}, 0, path});
    struct stat state{};
    ASSERT_EQ(::stat(path.c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0777U, 0660U);
    auto test = [](Endpoint at) -> Task<void> {
      const auto client = co_await call(at);
      co_await expect_echo(client.get());
    };
    run_on_loop(test(server.listener->local()));
    EXPECT_FALSE(Listener::open({.at = server.listener->local()}).has_value());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Serve, ALocalSocketOfAKilledServerIsReplaced) {
  const auto path = std::filesystem::temp_directory_path() / ("hk-s" + std::to_string(getpid()));
  const SocketAddress address(Endpoint{{}, 0, path});
  const int left_behind = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(left_behind, address.raw(), address.size), 0);
  ::close(left_behind);
  EXPECT_TRUE(Listener::open({.at = {{}, 0, path}}).has_value());
}

TEST(Serve, LimitsTurnAwayWithAReplyAndGivePlacesBack) {
  ConnectionLimit limit({.all = 0, .per_client = 2});
  const Server server(kAnyPort, &limit, "421 too many\r\n");
  auto test = [](Endpoint at, ConnectionLimit* counts) -> Task<void> {
    auto first = co_await call(at);
    auto second = co_await call(at);
    co_await expect_echo(first.get());
    co_await expect_echo(second.get());
    auto third = co_await call(at);
    EXPECT_EQ(co_await read_until(third.get(), "\n"), "421 too many\r\n");
    EXPECT_EQ(co_await read_until(third.get(), "\n"), "");
    EXPECT_EQ(counts->open(), 2U);
    first.reset();
    for (;;) {  // until the server has seen the end
      auto again = co_await call(at);
      if (!co_await again->write("hello\n", 20s)) continue;
      if (co_await read_until(again.get(), "\n") == "hello\n") break;
    }
  };
  run_on_loop(test(server.listener->local(), &limit));
}

TEST(Serve, AGracefulStopSaysGoodbyeAndTakesNobodyNew) {
  Server server;
  auto test = [](Server* s) -> Task<void> {
    const Endpoint at = s->listener->local();
    const auto client = co_await call(at);
    co_await expect_echo(client.get());
    s->accepting.stop();
    EXPECT_EQ(co_await read_until(client.get(), "\n"), "bye\n");
    co_await s->sessions.join();
    co_await s->accepting.join();
    EXPECT_FALSE((co_await connect(at, {}, soon())).has_value());
  };
  run_on_loop(test(&server));
}

TEST(Serve, AStopOfTheSessionsClosesThemAll) {
  Server server;
  auto test = [](Server* s) -> Task<void> {
    std::vector<StreamPtr> clients;
    for (int i = 0; i < 10; ++i) {
      clients.push_back(co_await call(s->listener->local()));
      co_await expect_echo(clients.back().get());
    }
    EXPECT_EQ(s->sessions.size(), 10U);
    s->sessions.stop();
    for (const auto& client : clients) EXPECT_EQ(co_await read_until(client.get(), "\n"), "");
    co_await s->sessions.join();
  };
  run_on_loop(test(&server));
}

// Without a spare descriptor the server waits, and takes the client when one becomes free.
TEST(Serve, WaitsWhenDescriptorsRunOut) {
  Server server;
  auto test = [](Endpoint at) -> Task<void> {
    const auto before = co_await call(at);
    co_await expect_echo(before.get());
    struct rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    std::vector<int> hoard;
    struct rlimit tight = limit;
    tight.rlim_cur = 256;
    ::setrlimit(RLIMIT_NOFILE, &tight);
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) hoard.push_back(fd);
    EXPECT_FALSE(hoard.empty());
    ::close(hoard.back());  // one for the caller's own socket
    hoard.pop_back();
    auto waiting = co_await call(at);
    EXPECT_TRUE((co_await waiting->write("hello\n", 20s)).has_value());
    char octet;
    EXPECT_FALSE((co_await waiting->read_some({&octet, 1}, after(20ms))).has_value());
    for (const int fd : hoard) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    EXPECT_EQ(co_await read_until(waiting.get(), "\n"), "hello\n");
  };
  run_on_loop(test(server.listener->local()));
}

TEST(Listener, APortThatIsTakenIsNamedWithItsOwner) {
  const auto first = Listener::open({.at = kAnyPort, .sockets = 2});
  ASSERT_TRUE(first.has_value());
  const auto second = Listener::open({.at = (*first)->local(), .sockets = 2});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().remedy, Remedy::kPermanent);
  const std::string us = "(process " + std::to_string(::getpid()) + ")";
  EXPECT_NE(second.error().text.find(us), std::string::npos) << second.error().text;
  EXPECT_NE(second.error().text.find("; stop it: "), std::string::npos) << second.error().text;
}

TEST(Listener, SaysWhatIsWrong) {
  const auto foreign = Listener::open({.at = {*IpAddress::parse("192.0.2.1"), 2525, {}}});
  ASSERT_FALSE(foreign.has_value());
  EXPECT_NE(foreign.error().text.find("no such address"), std::string::npos);
  const auto nowhere = Listener::open({.at = {{}, 0, "/nonexistent/socket"}});
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_NE(nowhere.error().text.find("create it"), std::string::npos);
  EXPECT_FALSE(Listener::adopt(0, 1).has_value());
}

TEST(Listener, ServesAnAdoptedSocket) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const SocketAddress any(kAnyPort);
  ASSERT_EQ(::bind(fd, any.raw(), any.size), 0);
  ASSERT_EQ(::listen(fd, 10), 0);
  LoopPool loops(2);
  loops.start();
  TaskScope accepting, sessions;
  const auto listener = Listener::adopt(fd, loops.size()).value();
  serve(*listener, loops, {"adopted", &accepting, &sessions, nullptr, {}}, echo);
  auto test = [](Endpoint at) -> Task<void> {
    const auto client = co_await call(at);
    co_await expect_echo(client.get());
  };
  run_on_loop(test(listener->local()));
  accepting.stop();
  sessions.stop();
  run_sync(sessions.join());
  run_sync(accepting.join());
}

TEST(Connect, SaysWhatWentWrong) {
  auto test = []() -> Task<void> {
    Endpoint closed;
    closed = Listener::open({.at = kAnyPort}).value()->local();  // and gone again
    const auto refused = co_await connect(closed, {}, soon());
    EXPECT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().remedy, Remedy::kRetryLater);
    EXPECT_EQ(refused.error().text, "connecting to " + closed.text() + ": Connection refused");
    const auto foreign = co_await connect(closed, {IpAddress::parse("192.0.2.1"), nullptr}, soon());
    EXPECT_NE(foreign.error().text.find("no address 192.0.2.1"), std::string::npos);
    const auto nowhere = co_await connect({{}, 0, "/nonexistent/socket"}, {}, soon());
    EXPECT_FALSE(nowhere.has_value());
  };
  run_on_loop(test());
}

TEST(Connect, GoesOutFromTheAskedAddress) {
  const Server server(Endpoint{IpAddress::v4({}), 0, {}});
  auto test = [](std::uint16_t port) -> Task<void> {
    auto stream = co_await connect({IpAddress::v4({127, 0, 0, 1}), port, {}},
                                   {IpAddress::v4({127, 0, 0, 9}), nullptr}, soon());
    EXPECT_TRUE(stream.has_value());
    EXPECT_EQ((*stream)->local().address.text(), "127.0.0.9");
    co_await expect_echo(stream->get());
  };
  run_on_loop(test(server.listener->local().port));
}

/// A listener whose queue is full: the kernel drops further calls, as a firewall does.
struct DeafHost {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  std::vector<int> callers;
  Endpoint at;
  DeafHost() {
    const SocketAddress any(kAnyPort);
    EXPECT_EQ(::bind(fd, any.raw(), any.size), 0);
    EXPECT_EQ(::listen(fd, 0), 0);
    at = local_endpoint(fd);
    const SocketAddress address(at);
    for (int i = 0; i < 8; ++i) {
      callers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      (void)::connect(callers.back(), address.raw(), address.size);
    }
  }
  DeafHost(const DeafHost&) = delete;
  DeafHost& operator=(const DeafHost&) = delete;
  ~DeafHost() {
    for (const int caller : callers) ::close(caller);
    ::close(fd);
  }
};

TEST(Connect, EndsByItsDeadlineAndByAStop) {
  const DeafHost deaf;
  auto test = [](Endpoint at) -> Task<void> {
    const auto timed_out = co_await connect(at, {}, after(5ms));
    EXPECT_FALSE(timed_out.has_value());
    EXPECT_NE(timed_out.error().text.find("timed out"), std::string::npos);
    TaskScope scope, tasks;
    auto stopped = [](Endpoint to, TaskScope* s) -> Task<void> {
      EXPECT_FALSE((co_await connect(std::move(to), {std::nullopt, s}, soon())).has_value());
    };
    tasks.spawn(stopped(at, &scope));
    scope.stop();
    co_await tasks.join();
  };
  run_on_loop(test(deaf.at));
}

}  // namespace
}  // namespace hikyaku::net
