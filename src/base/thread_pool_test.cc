// SPDX-License-Identifier: Apache-2.0
// Goal: work goes to the pool's threads and comes back to where it left; a chain is done whole.
#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/task_scope.h"

namespace hikyaku {
namespace {

Task<bool> there_and_back(ThreadPool* pool) {
  auto* home = Executor::current();
  const auto home_thread = std::this_thread::get_id();
  co_await ResumeOn(*pool);
  const bool elsewhere = std::this_thread::get_id() != home_thread && Executor::current() == pool;
  co_await ResumeOn(*home);
  co_return elsewhere&& std::this_thread::get_id() == home_thread;
}

TEST(ThreadPool, GoesThereAndComesBack) {
  ThreadPool pool(2);
  EXPECT_TRUE(run_sync(there_and_back(&pool)));
}

struct Count : Work {
  std::atomic<int>* total = nullptr;
};

TEST(ThreadPool, DoesAWholeChainBeforeItDies) {
  std::atomic<int> total{0};
  std::array<Count, 100> works;
  for (std::size_t i = 0; i < works.size(); ++i) {
    works[i].total = &total;
    works[i].run = [](Work* self) noexcept { ++*static_cast<Count*>(self)->total; };
    works[i].next = i + 1 < works.size() ? &works[i + 1] : nullptr;
  }
  {
    ThreadPool pool(3);
    pool.post(works.data());
  }
  EXPECT_EQ(total.load(), 100);
}

}  // namespace
}  // namespace hikyaku
