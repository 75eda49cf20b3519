// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/assert.h"
#include "base/executor.h"

namespace hikyaku {

/// Lets everything else that waits on this executor run first: for loops that compute for long.
struct Yield : ResumeWork {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    handle = h;
    HK_ASSERT(Executor::current() != nullptr);
    Executor::current()->post(this);
  }
  void await_resume() const noexcept {}
};

}  // namespace hikyaku
