// SPDX-License-Identifier: Apache-2.0
#include "port/net/pool.h"

#include "port/net/thread.h"

namespace hikyaku::net {

BlockingPool::BlockingPool(std::size_t threads, std::size_t waiting_max)
    : waiting_max_(waiting_max) {
  HK_ASSERT(threads > 0);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.push_back(start_thread("pool-" + std::to_string(i), [this] { serve(); }));
  }
}

BlockingPool::~BlockingPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool BlockingPool::enqueue(Work* work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || waiting_ >= waiting_max_) return false;
    work->next = nullptr;
    *tail_ = work;
    tail_ = &work->next;
    ++waiting_;
  }
  wake_.notify_one();
  return true;
}

void BlockingPool::serve() {
  for (;;) {
    Work* work = nullptr;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return head_ != nullptr || stopping_; });
      if (head_ == nullptr) return;
      work = head_;
      head_ = work->next;
      if (head_ == nullptr) tail_ = &head_;
      --waiting_;
    }
    work->next = nullptr;
    work->run(work);
  }
}

std::size_t BlockingPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

}  // namespace hikyaku::net
