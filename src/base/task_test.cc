// SPDX-License-Identifier: Apache-2.0
// Goal: tasks give their values, run when awaited only, and no task outlives its scope.
#include "base/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "base/task_scope.h"

namespace hikyaku {
namespace {

Task<std::string> join_words(std::string a, std::string b) { co_return a + b; }
Task<std::string> three(std::string a) {
  co_return co_await join_words(a, "b") + co_await join_words("c", "d");
}

TEST(Task, GivesItsValueThroughSeveralFloors) { EXPECT_EQ(run_sync(three("a")), "abcd"); }

TEST(Task, CarriesMoveOnlyValues) {
  auto make = [](int v) -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(v); };
  EXPECT_EQ(*run_sync(make(3)), 3);
}

TEST(Task, NeverAwaitedNeverRuns) {
  bool ran = false;
  auto set = [](bool* flag) -> Task<void> {
    *flag = true;
    co_return;
  };
  {
    auto task = set(&ran);
  }
  EXPECT_FALSE(ran);
}

// An awaitable that comes back from another thread, as a commit or a read does.
struct OtherThread : ResumeWork {
  Executor* home = nullptr;
  std::jthread thread;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    handle = h;
    home = Executor::current();
    thread = std::jthread([this] { home->post(this); });
  }
  void await_resume() { thread.join(); }
};

TEST(TaskScope, JoinWaitsForTheLastTask) {
  int done = 0;
  auto job = [](int* count) -> Task<void> {
    OtherThread wait;
    co_await wait;
    ++*count;
  };
  auto all = [](TaskScope* scope, auto start, int* count) -> Task<void> {
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(scope->spawn(start(count)));
    co_await scope->join();
  };
  TaskScope scope;
  run_sync(all(&scope, job, &done));
  EXPECT_EQ(done, 10);
  EXPECT_EQ(scope.size(), 0U);
}

TEST(TaskScope, RefusesTasksOnceStopped) {
  TaskScope scope;
  bool hooked = false;
  const TaskScope::StopHook hook(scope, [&] { hooked = true; });
  scope.stop();
  EXPECT_TRUE(hooked);
  auto nothing = []() -> Task<void> { co_return; };
  EXPECT_FALSE(scope.spawn(nothing()));
}

}  // namespace
}  // namespace hikyaku
