// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/executor.h"

namespace hikyaku::store {

/// Threads that may block on the disk. A coroutine goes there with ResumeOn, and back to its own
/// executor with ResumeOn; works posted run in any order. The destructor runs what is queued.
class IoPool final : public Executor {
 public:
  explicit IoPool(unsigned threads);
  ~IoPool() override;
  void post(Work* chain) noexcept override;

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  Work* head_ = nullptr;
  Work** end_ = &head_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hikyaku::store
