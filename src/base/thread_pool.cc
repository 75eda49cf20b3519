// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

namespace hikyaku {

ThreadPool::ThreadPool(std::size_t threads) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ThreadPool::post(Work* chain) noexcept {
  {
    const std::lock_guard lock(mutex_);
    *tail_ = chain;
    while (*tail_ != nullptr) tail_ = &(*tail_)->next;
  }
  wake_.notify_one();
}

void ThreadPool::serve() {
  set_current(this);
  for (;;) {
    Work* work = nullptr;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return head_ != nullptr || stopping_; });
      if (head_ == nullptr) return;
      work = head_;
      head_ = work->next;
      if (head_ == nullptr) tail_ = &head_;
      // A chain of several may have woken one thread only.
      if (head_ != nullptr) wake_.notify_one();
    }
    work->next = nullptr;
    work->run(work);
  }
}

}  // namespace hikyaku
