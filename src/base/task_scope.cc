// SPDX-License-Identifier: Apache-2.0
#include "base/task_scope.h"

#include <condition_variable>

namespace hikyaku {

TaskScope::~TaskScope() { HK_ASSERT(size() == 0); }

task_detail::Detached TaskScope::run(TaskScope* scope, Executor* executor, Task<void> task) {
  if (executor != nullptr) co_await ResumeOn(*executor);
  {
    // The task, and with it its frame, ends before the scope is told so.
    Task<void> own = std::move(task);
    co_await std::move(own);
  }
  scope->leave();
}

bool TaskScope::enter() {
  const std::lock_guard lock(mutex_);
  if (stopping()) return false;
  size_.fetch_add(1, std::memory_order_acq_rel);
  return true;
}

void TaskScope::leave() {
  ResumeWork* joiner = nullptr;
  Executor* executor = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (size_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      joiner = std::exchange(joiner_, nullptr);
      executor = joiner_executor_;
    }
  }
  if (joiner != nullptr) executor->post(joiner);
}

bool TaskScope::spawn(Task<void> task) {
  if (!enter()) return false;
  run(this, nullptr, std::move(task));
  return true;
}

bool TaskScope::spawn_on(Executor& executor, Task<void> task) {
  if (!enter()) return false;
  run(this, &executor, std::move(task));
  return true;
}

void TaskScope::stop() {
  const std::lock_guard lock(mutex_);
  if (stopping_.exchange(true, std::memory_order_acq_rel)) return;
  for (auto& hook : hooks_) hook();
}

struct TaskScope::JoinAwaiter : ResumeWork {
  TaskScope& scope;
  explicit JoinAwaiter(TaskScope& s) : scope(s) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) {
    const std::lock_guard lock(scope.mutex_);
    if (scope.size() == 0) return false;
    HK_ASSERT(scope.joiner_ == nullptr);
    handle = h;
    scope.joiner_ = this;
    scope.joiner_executor_ = Executor::current();
    HK_ASSERT(scope.joiner_executor_ != nullptr);
    return true;
  }
  void await_resume() const noexcept {}
};

Task<void> TaskScope::join() { co_await JoinAwaiter(*this); }

TaskScope::StopHook::StopHook(TaskScope& scope, std::function<void()> hook) : scope_(scope) {
  const std::lock_guard lock(scope.mutex_);
  place_ = scope.hooks_.insert(scope.hooks_.end(), std::move(hook));
  if (scope.stopping()) (*place_)();
}

TaskScope::StopHook::~StopHook() {
  const std::lock_guard lock(scope_.mutex_);
  scope_.hooks_.erase(place_);
}

namespace {

class SyncExecutor final : public Executor {
 public:
  SyncExecutor() : before_(set_current(this)) {}
  ~SyncExecutor() override { set_current(before_); }

  void post(Work* chain) noexcept override {
    const std::lock_guard lock(mutex_);
    Work** end = &head_;
    while (*end != nullptr) end = &(*end)->next;
    *end = chain;
    wake_.notify_one();
  }

  void run_until(const bool& done) {
    while (!done) {
      Work* chain = nullptr;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return head_ != nullptr; });
        chain = std::exchange(head_, nullptr);
      }
      while (chain != nullptr) {
        Work* work = std::exchange(chain, chain->next);
        work->next = nullptr;
        work->run(work);
      }
    }
  }

 private:
  Executor* before_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Work* head_ = nullptr;
};

task_detail::Detached run_and_tell(Task<void> task, Executor* home, bool* done) {
  co_await std::move(task);
  co_await ResumeOn(*home);
  *done = true;
}

}  // namespace

void run_sync(Task<void> task) {
  SyncExecutor executor;
  bool done = false;
  run_and_tell(std::move(task), &executor, &done);
  executor.run_until(done);
}

}  // namespace hikyaku
