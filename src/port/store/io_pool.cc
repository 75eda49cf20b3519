// SPDX-License-Identifier: Apache-2.0
#include "port/store/io_pool.h"

#include <pthread.h>

namespace hikyaku::store {

IoPool::IoPool(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

IoPool::~IoPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void IoPool::post(Work* chain) noexcept {
  if (chain == nullptr) return;
  const bool several = chain->next != nullptr;
  {
    const std::lock_guard lock(mutex_);
    *end_ = chain;
    while (*end_ != nullptr) end_ = &(*end_)->next;
  }
  several ? wake_.notify_all() : wake_.notify_one();
}

void IoPool::run() {
  set_current(this);
  pthread_setname_np(pthread_self(), "hk-store-io");
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return head_ != nullptr || stopping_; });
    if (head_ == nullptr) return;
    Work* work = head_;
    head_ = work->next;
    if (head_ == nullptr) end_ = &head_;
    work->next = nullptr;
    lock.unlock();
    work->run(work);
    lock.lock();
  }
}

}  // namespace hikyaku::store
