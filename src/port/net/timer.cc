// SPDX-License-Identifier: Apache-2.0
#include "port/net/timer.h"

#include <optional>

#include "base/assert.h"
#include "port/net/loop_impl.h"

namespace hikyaku::net {
namespace {

struct Sleep;

/// Carries a stop from another thread to the sleeper, who may be gone by then.
struct Alarm : Work {
  Sleep* sleeper = nullptr;     ///< the loop's thread only
  std::shared_ptr<Alarm> keep;  ///< while it is posted
};

struct Sleep : DeadlineNode {
  Loop& loop;
  std::shared_ptr<Alarm> alarm;
  std::coroutine_handle<> handle;
  bool stopped = false;

  Sleep(Loop& l, SteadyTime until) : loop(l) {
    at = until;
    expired = [](DeadlineNode* node) noexcept { static_cast<Sleep*>(node)->handle.resume(); };
  }
  bool await_ready() const noexcept { return stopped || at <= std::chrono::steady_clock::now(); }
  void await_suspend(std::coroutine_handle<> h) {
    handle = h;
    loop.impl().inline_operations = 0;
    loop.impl().deadlines.set(*this, at);
    loop.impl().arm();
  }
  void await_resume() const noexcept {}

  void stop() noexcept {
    stopped = true;
    if (!waiting()) return;
    loop.impl().deadlines.remove(*this);
    handle.resume();
  }
};

void run_alarm(Work* work) noexcept {
  const auto self = std::move(static_cast<Alarm*>(work)->keep);
  if (self->sleeper != nullptr) self->sleeper->stop();
}

}  // namespace

Task<Status> sleep_until(Deadline until, TaskScope* scope) {
  Loop* const loop = Loop::current();
  HK_ASSERT(loop != nullptr);
  Sleep sleep(*loop, until);
  if (scope == nullptr) {
    co_await sleep;
    co_return Status();
  }
  if (scope->stopping()) co_return retry_later("stopping");
  const auto alarm = std::make_shared<Alarm>();
  alarm->run = run_alarm;
  alarm->sleeper = &sleep;
  {
    // A scope stops once, so the hook runs once.
    const TaskScope::StopHook hook(*scope, [raw = alarm.get(), weak = std::weak_ptr(alarm), loop] {
      raw->keep = weak.lock();
      loop->post(raw);
    });
    co_await sleep;
  }
  alarm->sleeper = nullptr;
  if (sleep.stopped) co_return retry_later("stopping");
  co_return Status();
}

Task<Status> sleep_for(Duration time, TaskScope* scope) { return sleep_until(after(time), scope); }

}  // namespace hikyaku::net
