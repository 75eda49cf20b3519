// SPDX-License-Identifier: Apache-2.0
#pragma once

// For the files of this folder only.

#include <array>
#include <atomic>

#include "base/executor.h"
#include "port/net/asio.h"
#include "port/net/deadline_heap.h"
#include "port/net/loop.h"

namespace hikyaku::net {

struct Loop::Impl {
  /// How many operations of a coroutine may succeed at once before it must let others go on.
  static constexpr unsigned kInlineOperationsMax = 64;

  /// Takes works that other threads posted, in their order.
  void run_inbox() noexcept;
  /// Sets the alarm if the earliest deadline became earlier.
  void arm();
  void run_due() noexcept;

  DeadlineHeap deadlines;
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             asio::io_context::executor_type>
      alarm{context};
  SteadyTime alarm_at = SteadyTime::max();
  std::atomic<Work*> inbox{nullptr};
  /// Threads that are inside post(): the loop does not die under their hands.
  std::atomic<unsigned> posting{0};
  unsigned inline_operations = 0;
  std::array<char, kReadBufferBytes> read_buffer;
};

/// Lets the loop's other work run first, when a coroutine has had its share.
struct FairTurn : ResumeWork {
  Loop& loop;
  explicit FairTurn(Loop& l) : loop(l) {}
  bool await_ready() const noexcept {
    return ++loop.impl().inline_operations < Loop::Impl::kInlineOperationsMax;
  }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    loop.impl().inline_operations = 0;
    handle = h;
    loop.post(this);
  }
  void await_resume() const noexcept {}
};

}  // namespace hikyaku::net
