// SPDX-License-Identifier: Apache-2.0
#include "base/executor.h"

#include <utility>

namespace hikyaku {
namespace {

thread_local Executor* current_executor = nullptr;

}  // namespace

Executor* Executor::current() noexcept { return current_executor; }

Executor* Executor::set_current(Executor* executor) noexcept {
  return std::exchange(current_executor, executor);
}

}  // namespace hikyaku
