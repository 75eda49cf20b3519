// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>

#include "base/executor.h"
#include "base/task.h"

namespace hikyaku {

/// Owns every task that is spawned: no work outlives it.
///
/// stop() ends what can be ended: it calls each on_stop() hook that is registered (a stream closes
/// itself, a sleep wakes up) and refuses new tasks. join() waits until the last task has ended; a
/// scope must be empty when it dies. Threads: all members from any thread. Hooks run in the thread
/// that calls stop(), which must be quick.
class TaskScope {
 public:
  TaskScope() = default;
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;
  ~TaskScope();

  /// Runs the task on this thread until its first suspension, and further wherever it is resumed.
  /// False when the scope is stopped: the task was dropped and never ran.
  bool spawn(Task<void> task);

  /// The same, but the task begins on `executor`.
  bool spawn_on(Executor& executor, Task<void> task);

  void stop();
  [[nodiscard]] bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }

  /// Waits until no task is left. Awaited by one coroutine at a time, which resumes on its
  /// executor.
  Task<void> join();

  /// A registered stop hook; gone when this dies. The hook never runs after the destructor
  /// returned.
  class StopHook {
   public:
    StopHook(TaskScope& scope, std::function<void()> hook);
    StopHook(const StopHook&) = delete;
    StopHook& operator=(const StopHook&) = delete;
    ~StopHook();

   private:
    TaskScope& scope_;
    std::list<std::function<void()>>::iterator place_;
  };

 private:
  struct JoinAwaiter;
  static task_detail::Detached run(TaskScope* scope, Executor* executor, Task<void> task);
  bool enter();
  void leave();

  std::atomic<std::size_t> size_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::list<std::function<void()>> hooks_;
  ResumeWork* joiner_ = nullptr;
  Executor* joiner_executor_ = nullptr;
};

/// Runs a task to its end on the calling thread, which becomes an executor for as long. For tests,
/// for the command line and for start-up; never on an event loop's thread.
void run_sync(Task<void> task);

template <class T>
T run_sync(Task<T> task) {
  std::optional<T> out;
  auto wrap = [](Task<T> inner, std::optional<T>* result) -> Task<void> {
    result->emplace(co_await std::move(inner));
  };
  run_sync(wrap(std::move(task), &out));
  return std::move(*out);
}

/// Goes on with the rest of the coroutine on `executor`.
struct ResumeOn : ResumeWork {
  Executor& executor;
  explicit ResumeOn(Executor& e) : executor(e) {}
  bool await_ready() const noexcept { return Executor::current() == &executor; }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    handle = h;
    executor.post(this);
  }
  void await_resume() const noexcept {}
};

}  // namespace hikyaku
