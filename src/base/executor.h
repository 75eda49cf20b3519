// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>

namespace hikyaku {

/// A piece of work that is handed to an executor; intrusive, so that handing over allocates
/// nothing.
struct Work {
  void (*run)(Work*) noexcept = nullptr;
  Work* next = nullptr;
};

/// Runs work on one thread: an event loop, or the thread that blocks in run_sync().
///
/// Threads: post() from any thread; the work runs on the executor's own.
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  /// Takes a chain of works (linked by `next`), in one hand-over and one wake-up.
  virtual void post(Work* chain) noexcept = 0;

  /// The executor whose thread this is, or nullptr on a thread that has none.
  [[nodiscard]] static Executor* current() noexcept;

 protected:
  /// Names the executor that the calling thread runs from now on; returns the one before.
  static Executor* set_current(Executor* executor) noexcept;
};

/// Work that resumes a coroutine. Awaitables that finish on another thread hold one.
struct ResumeWork : Work {
  std::coroutine_handle<> handle;
  ResumeWork() {
    run = [](Work* self) noexcept { static_cast<ResumeWork*>(self)->handle.resume(); };
  }
};

}  // namespace hikyaku
