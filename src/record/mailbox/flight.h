// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/executor.h"

namespace hikyaku::mailbox {

/// One works, the others wait for it: many sessions that open the same mailbox load it once.
///
/// Threads: begin() and landed() under the owner's mutex, wait() and wake() without it.
class Flight {
 public:
  /// True: the caller is the one who works, and must call landed() and wake(). False: wait().
  bool begin() { return !std::exchange(busy_, true); }

  using Waiters = std::vector<std::pair<Executor*, Work*>>;
  /// The work is done, well or badly. Gives those who are to be woken, without the lock.
  Waiters landed() {
    busy_ = false;
    return std::exchange(waiters_, {});
  }
  static void wake(const Waiters& waiters) {
    for (const auto& [executor, work] : waiters) executor->post(work);
  }

  struct Waiter : ResumeWork {
    Flight& flight;
    std::mutex& mutex;
    Waiter(Flight& f, std::mutex& m) : flight(f), mutex(m) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> h) {
      const std::lock_guard lock(mutex);
      if (!flight.busy_) return false;
      handle = h;
      Executor* executor = Executor::current();
      HK_ASSERT(executor != nullptr);
      flight.waiters_.emplace_back(executor, this);
      return true;
    }
    void await_resume() const noexcept {}
  };
  /// Comes back when nobody works, which may be at once; then look again. `mutex`: the owner's.
  Waiter wait(std::mutex& mutex) { return {*this, mutex}; }

 private:
  bool busy_ = false;
  Waiters waiters_;
};

}  // namespace hikyaku::mailbox
