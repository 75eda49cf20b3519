// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/executor.h"
#include "base/task.h"

namespace hikyaku::net {

/// Threads for work that blocks or computes for long: disk, password hashes, scanning.
///
/// `auto r = co_await pool.run([...] { return work(); })` runs the function there and comes back on
/// the caller's executor. The result is Result<R>, or R when the function gives a Result itself;
/// kRetryLater when more than `waiting_max` works wait, or the pool stops. What the function takes
/// by reference must live until the await ends. Threads: any.
class BlockingPool {
 public:
  BlockingPool(std::size_t threads, std::size_t waiting_max);
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool();  ///< takes no more work, does what waits, joins

  template <class F>
  auto run(F function);

  /// Works that wait for a thread.
  [[nodiscard]] std::size_t waiting() const;

 private:
  template <class R>
  struct Outcome {
    using Type = Result<R>;
  };
  template <class R>
  struct Outcome<Result<R>> {
    using Type = Result<R>;
  };
  template <class F, class Out>
  struct Job;

  bool enqueue(Work* work);
  void serve();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Work* head_ = nullptr;
  Work** tail_ = &head_;
  std::size_t waiting_ = 0;
  const std::size_t waiting_max_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

template <class F, class Out>
struct BlockingPool::Job : Work {
  BlockingPool& pool;
  F function;
  Executor* home = nullptr;
  ResumeWork resume;
  std::optional<Out> out;

  Job(BlockingPool& p, F f) : pool(p), function(std::move(f)) {
    run = [](Work* self) noexcept {
      auto* job = static_cast<Job*>(self);
      using R = std::invoke_result_t<F&>;
      if constexpr (std::is_void_v<R>) {
        job->function();
        job->out.emplace();
      } else {
        job->out.emplace(job->function());
      }
      job->home->post(&job->resume);
    };
  }
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) noexcept {
    resume.handle = h;
    home = Executor::current();
    HK_ASSERT(home != nullptr);
    if (pool.enqueue(this)) return true;
    out.emplace(retry_later("too much work waits for the disk and password threads; try again"));
    return false;
  }
  Out await_resume() { return std::move(*out); }
};

template <class F>
auto BlockingPool::run(F function) {
  using Out = typename Outcome<std::invoke_result_t<F&>>::Type;
  auto wait = [](BlockingPool* pool, F f) -> Task<Out> {
    Job<F, Out> job(*pool, std::move(f));
    co_return co_await job;
  };
  return wait(this, std::move(function));
}

}  // namespace hikyaku::net
