// SPDX-License-Identifier: Apache-2.0
#include "port/net/loop.h"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

#include "base/assert.h"
#include "base/task_scope.h"
#include "port/net/loop_impl.h"
#include "port/net/thread.h"

namespace hikyaku::net {
namespace {

thread_local Loop* current_loop = nullptr;

/// A peer that has gone away is an error of write(), not the end of the process. OpenSSL writes to
/// sockets itself, without MSG_NOSIGNAL.
void ignore_broken_pipes() {
  struct sigaction present{};
  if (::sigaction(SIGPIPE, nullptr, &present) == 0 && present.sa_handler == SIG_DFL) {
    std::signal(SIGPIPE, SIG_IGN);
  }
}

Work* reversed(Work* chain) noexcept {
  Work* out = nullptr;
  while (chain != nullptr) {
    Work* next = chain->next;
    chain->next = out;
    out = chain;
    chain = next;
  }
  return out;
}

}  // namespace

void Loop::Impl::run_inbox() noexcept {
  Work* chain = reversed(inbox.exchange(nullptr, std::memory_order_acquire));
  while (chain != nullptr) {
    Work* const first = chain;
    chain = chain->next;
    first->next = nullptr;
    first->run(first);
  }
}

void Loop::Impl::arm() {
  const SteadyTime earliest = deadlines.earliest();
  if (earliest >= alarm_at) return;
  alarm_at = earliest;
  alarm.expires_at(earliest);
  alarm.async_wait([this](asio_error error) {
    if (error) return;  // set anew
    alarm_at = SteadyTime::max();
    run_due();
    arm();
  });
}

void Loop::Impl::run_due() noexcept {
  const SteadyTime now = std::chrono::steady_clock::now();
  while (DeadlineNode* node = deadlines.take_due(now)) node->expired(node);
}

Loop::Loop() : impl_(std::make_unique<Impl>()) { ignore_broken_pipes(); }
Loop::~Loop() {
  while (impl_->posting.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

Loop* Loop::current() noexcept { return current_loop; }

void Loop::post(Work* chain) noexcept {
  HK_ASSERT(chain != nullptr);
  // The inbox is a stack that is turned over when it is emptied: so a chain goes in reversed.
  Work* const last = chain;
  Work* const first = reversed(chain);
  impl_->posting.fetch_add(1, std::memory_order_relaxed);
  Work* before = impl_->inbox.load(std::memory_order_relaxed);
  do {
    last->next = before;
  } while (!impl_->inbox.compare_exchange_weak(before, first, std::memory_order_release,
                                               std::memory_order_relaxed));
  if (before == nullptr) {
    asio::post(impl_->context, [impl = impl_.get()] { impl->run_inbox(); });
  }
  impl_->posting.fetch_sub(1, std::memory_order_release);
}

void Loop::run() {
  Executor* const executor_before = set_current(this);
  Loop* const loop_before = std::exchange(current_loop, this);
  impl_->context.run();
  current_loop = loop_before;
  set_current(executor_before);
}

void Loop::stop() noexcept { impl_->context.stop(); }

std::span<char> Loop::read_buffer() noexcept { return impl_->read_buffer; }

namespace {

task_detail::Detached run_and_stop(Task<void> task, Loop* loop) {
  co_await ResumeOn(*loop);
  {
    Task<void> own = std::move(task);
    co_await std::move(own);
  }
  co_await ResumeOn(*loop);
  loop->stop();
}

}  // namespace

void run_on_loop(Task<void> task) {
  Loop loop;
  run_and_stop(std::move(task), &loop);
  loop.run();
}

LoopPool::LoopPool(std::size_t loops) {
  if (loops == 0) loops = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < loops; ++i) loops_.push_back(std::make_unique<Loop>());
}

LoopPool::~LoopPool() {
  stop();
  join();
}

void LoopPool::start() {
  HK_ASSERT(threads_.empty());
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    threads_.push_back(
        start_thread("io-" + std::to_string(i), [loop = loops_[i].get()] { loop->run(); }));
  }
}

void LoopPool::stop() noexcept {
  for (const auto& loop : loops_) loop->stop();
}

void LoopPool::join() {
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

Loop& LoopPool::next() noexcept {
  return *loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
}

std::size_t raise_descriptor_limit() {
  struct rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    struct rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur;
}

}  // namespace hikyaku::net
