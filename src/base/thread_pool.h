// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "base/executor.h"

namespace hikyaku {

/// An executor of several threads, for coroutines that compute for long (password hashes):
/// `co_await ResumeOn(pool)` goes there, `co_await ResumeOn(*home)` comes back.
///
/// Threads: post() from any. Whoever waits for it must have come back before it dies.
class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(std::size_t threads);
  ~ThreadPool() override;  ///< does what waits, and joins

  void post(Work* chain) noexcept override;

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable wake_;
  Work* head_ = nullptr;
  Work** tail_ = &head_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hikyaku
