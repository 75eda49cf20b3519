// SPDX-License-Identifier: Apache-2.0
// Goal: streams carry every octet, keep their deadlines, and end when they are told to, from any
// thread.
#include "port/net/stream.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/task_scope.h"
#include "port/net/loop.h"
#include "port/net/testing/streams.h"
#include "port/net/timer.h"

namespace hikyaku::net {
namespace {

using namespace std::chrono_literals;

Deadline soon() { return after(20s); }  // for what must not happen

Task<void> write_all(Stream* stream, std::string octets) {
  EXPECT_TRUE((co_await stream->write(octets, 20s)).has_value());
}

Task<std::string> read_exactly(Stream* stream, std::size_t count) {
  std::string out;
  while (out.size() < count) {
    const auto buffer = Loop::current()->read_buffer();
    const auto got = co_await stream->read_some(buffer, soon());
    if (!got || *got == 0) break;
    out.append(buffer.data(), *got);
  }
  co_return out;
}

/// Goes on after all work that was posted before.
struct Yield : ResumeWork {
  Loop& loop;
  explicit Yield(Loop& l) : loop(l) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    handle = h;
    loop.post(this);
  }
  void await_resume() const noexcept {}
};

TEST(Stream, CarriesMoreThanTheKernelHolds) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    std::string octets(5'000'000, '\0');
    for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<char>(i * i >> 3);
    TaskScope scope;
    scope.spawn(write_all(pair.theirs.get(), octets));
    const auto got = co_await read_exactly(pair.ours.get(), octets.size());
    EXPECT_TRUE(got == octets);
    co_await scope.join();
  };
  run_on_loop(test());
}

TEST(Stream, WritesPiecesInOrderAndSkipsEmptyOnes) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    std::vector<std::string> texts;
    std::string whole;
    for (int i = 0; i < 100; ++i) {
      texts.push_back(i % 3 == 0 ? std::string()
                                 : std::string(static_cast<std::size_t>(i * 200),
                                               static_cast<char>('a' + i % 26)));
      whole += texts.back();
    }
    TaskScope scope;
    auto writer = [](Stream* stream, std::vector<std::string> all) -> Task<void> {
      const std::vector<std::string_view> pieces(all.begin(), all.end());
      EXPECT_TRUE((co_await stream->write_pieces(pieces, 20s)).has_value());
    };
    scope.spawn(writer(pair.theirs.get(), texts));
    EXPECT_TRUE(co_await read_exactly(pair.ours.get(), whole.size()) == whole);
    co_await scope.join();
  };
  run_on_loop(test());
}

TEST(Stream, ManyReadsThatNeedNoWaitingKeepTheStackFlat) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    EXPECT_TRUE((co_await pair.theirs->write(std::string(100'000, 'x'), 20s)).has_value());
    char octet;
    for (int i = 0; i < 100'000; ++i) {
      const auto got = co_await pair.ours->read_some({&octet, 1}, soon());
      EXPECT_TRUE(got.has_value() && *got == 1U);
    }
  };
  run_on_loop(test());
}

// Reads that need no wait could keep the loop for themselves: after its share, a stream must yield.
TEST(Stream, ABusyStreamLetsOthersHaveTheirTurn) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    EXPECT_TRUE((co_await pair.theirs->write(std::string(10'000, 'x'), 20s)).has_value());
    bool other_ran = false;
    TaskScope scope;
    Loop* const loop = Loop::current();
    auto other = [](Loop* on, bool* ran) -> Task<void> {
      Yield yield(*on);
      co_await yield;
      *ran = true;
    };
    scope.spawn(other(loop, &other_ran));
    char octet;
    int reads = 0;
    for (; reads < 10'000 && !other_ran; ++reads) {
      EXPECT_TRUE((co_await pair.ours->read_some({&octet, 1}, soon())).has_value());
    }
    EXPECT_LT(reads, 1000);
    co_await scope.join();
  };
  run_on_loop(test());
}

TEST(Stream, DeadlinesEndEveryWait) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    const auto expect_timeout = [](const Error& error) {
      EXPECT_EQ(error.remedy, Remedy::kRetryLater);
      EXPECT_NE(error.text.find("timed out"), std::string::npos) << error.text;
    };
    char octet;
    expect_timeout((co_await pair.ours->readable(after(1ms))).error());
    expect_timeout((co_await pair.ours->idle(after(1ms))).error());
    expect_timeout((co_await pair.ours->read_some({&octet, 1}, after(1ms))).error());
    expect_timeout((co_await pair.ours->write(std::string(5'000'000, 'x'), 1ms)).error());
    // And what came after a deadline is not lost.
    EXPECT_TRUE((co_await pair.theirs->write("y", 20s)).has_value());
    EXPECT_TRUE((co_await pair.ours->readable(soon())).has_value());
    EXPECT_EQ((co_await pair.ours->read_some({&octet, 1}, soon())).value(), 1U);
    EXPECT_EQ(octet, 'y');
  };
  run_on_loop(test());
}

TEST(Stream, AShorterDeadlineAfterALongOneCounts) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    EXPECT_TRUE((co_await pair.theirs->write("x", 20s)).has_value());
    char octet;
    EXPECT_TRUE((co_await pair.ours->readable(after(1h))).has_value());
    EXPECT_TRUE((co_await pair.ours->read_some({&octet, 1}, after(1h))).has_value());
    EXPECT_FALSE((co_await pair.ours->readable(after(1ms))).has_value());
  };
  run_on_loop(test());
}

// A reader that takes an octet now and then keeps the writer's patience alive: it is for progress,
// not for the whole.
TEST(Stream, PatienceIsForProgress) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    static constexpr std::size_t kSize = 3'000'000;
    TaskScope scope;
    auto slow = [](Stream* stream) -> Task<void> {
      std::size_t total = 0;
      while (total < kSize) {
        EXPECT_TRUE((co_await sleep_for(2ms, nullptr)).has_value());
        const auto got = co_await stream->read_some(Loop::current()->read_buffer(), soon());
        if (!got || *got == 0) break;
        total += *got;
      }
      EXPECT_EQ(total, kSize);
    };
    scope.spawn(slow(pair.theirs.get()));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_TRUE((co_await pair.ours->write(std::string(kSize, 'x'), 60ms)).has_value());
    EXPECT_GT(std::chrono::steady_clock::now() - begun, 60ms);
    co_await scope.join();
  };
  run_on_loop(test());
}

TEST(Stream, TheEndOfAHalfOpenConnectionIsReadAndItsOtherHalfWorks) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    EXPECT_TRUE((co_await pair.theirs->write("last words", 20s)).has_value());
    pair.theirs->close();
    EXPECT_TRUE((co_await pair.ours->readable(soon())).has_value());
    EXPECT_EQ(co_await read_exactly(pair.ours.get(), 10), "last words");
    char octet;
    EXPECT_EQ((co_await pair.ours->read_some({&octet, 1}, soon())).value(), 0U);
    const auto written = co_await pair.ours->write("too late", 20s);
    EXPECT_FALSE(written.has_value());
    EXPECT_EQ(written.error().remedy, Remedy::kClosePeer);
  };
  run_on_loop(test());
}

Task<void> expect_idle(Stream* stream, Ready expected) {
  const auto ready = co_await stream->idle(soon());
  EXPECT_TRUE(ready.has_value());
  if (ready) EXPECT_EQ(*ready, expected);
}

TEST(Stream, AWakeEndsAnIdleWaitNowOrLaterButOnce) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    TaskScope scope;
    scope.spawn(expect_idle(pair.ours.get(), Ready::kWoken));
    std::thread([&] { pair.ours->wake(); }).join();
    co_await scope.join();
    pair.ours->wake();  // nobody waits: kept for the next
    co_await sleep_for(0ms, nullptr);
    co_await expect_idle(pair.ours.get(), Ready::kWoken);
    EXPECT_FALSE((co_await pair.ours->idle(after(1ms))).has_value());
    EXPECT_TRUE((co_await pair.theirs->write("x", 20s)).has_value());
    co_await expect_idle(pair.ours.get(), Ready::kInput);
  };
  run_on_loop(test());
}

// The registration of a wait that was woken tells of octets that were read since: that is no input.
TEST(Stream, OctetsThatWereReadMeanwhileAreNoInput) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    TaskScope scope;
    scope.spawn(expect_idle(pair.ours.get(), Ready::kWoken));
    pair.ours->wake();
    co_await scope.join();
    EXPECT_TRUE((co_await pair.theirs->write("x", 20s)).has_value());
    EXPECT_TRUE((co_await sleep_for(1ms, nullptr)).has_value());  // the loop is told of it
    EXPECT_EQ(co_await read_exactly(pair.ours.get(), 1), "x");    // without a wait
    const auto ready = co_await pair.ours->idle(after(5ms));
    EXPECT_FALSE(ready.has_value());
  };
  run_on_loop(test());
}

TEST(Stream, AGracefulStopEndsIdlingButNotReading) {
  auto test = []() -> Task<void> {
    TaskScope sessions, accepting, tasks;
    {
      auto pair = stream_pair(&sessions, &accepting);
      tasks.spawn(expect_idle(pair.ours.get(), Ready::kStopping));
      std::thread([&] { accepting.stop(); }).join();
      co_await tasks.join();
      co_await expect_idle(pair.ours.get(), Ready::kStopping);
      EXPECT_TRUE((co_await pair.theirs->write("rest of DATA", 20s)).has_value());
      EXPECT_EQ(co_await read_exactly(pair.ours.get(), 12), "rest of DATA");
      EXPECT_TRUE((co_await pair.ours->write("421 bye\r\n", 20s)).has_value());
    }
  };
  run_on_loop(test());
}

TEST(Stream, AStopOfItsScopeEndsWhateverWaits) {
  auto test = []() -> Task<void> {
    TaskScope sessions, tasks;
    {
      auto pair = stream_pair(&sessions);
      auto reading = [](Stream* stream) -> Task<void> {
        const auto ended = co_await stream->readable(soon());
        EXPECT_FALSE(ended.has_value());
        if (!ended) EXPECT_EQ(ended.error().remedy, Remedy::kRetryLater);
      };
      auto writing = [](Stream* stream) -> Task<void> {
        EXPECT_FALSE((co_await stream->write(std::string(5'000'000, 'x'), 20s)).has_value());
      };
      tasks.spawn(reading(pair.ours.get()));
      tasks.spawn(writing(pair.ours.get()));
      std::thread([&] { sessions.stop(); }).join();
      co_await tasks.join();
      char octet;
      EXPECT_FALSE((co_await pair.ours->read_some({&octet, 1}, soon())).has_value());
      EXPECT_FALSE((co_await pair.ours->write("x", 20s)).has_value());
      EXPECT_FALSE((co_await pair.ours->idle(soon())).has_value());
    }
  };
  run_on_loop(test());
}

TEST(Stream, AFaultyOneFailsAtItsOperationAndEverAfter) {
  auto test = []() -> Task<void> {
    auto pair = stream_pair();
    FaultyStream faulty(std::move(pair.ours), 1);
    EXPECT_TRUE((co_await faulty.write("a", 20s)).has_value());
    EXPECT_FALSE((co_await faulty.write("b", 20s)).has_value());
    EXPECT_FALSE((co_await faulty.readable(soon())).has_value());
    EXPECT_TRUE(faulty.failed());
    EXPECT_EQ(co_await read_until(pair.theirs.get(), "b"), "a");
  };
  run_on_loop(test());
}

}  // namespace
}  // namespace hikyaku::net
