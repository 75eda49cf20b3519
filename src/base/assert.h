// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace hikyaku {

/// Prints the failed condition with its place and ends the process (the store is safe at any
/// point).
[[noreturn]] void assert_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace hikyaku

/// Guards our own logic, in every build. What comes from outside is an Error, never an assert.
#define HK_ASSERT(condition)                           \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::hikyaku::assert_failed(#condition, __FILE__, __LINE__))
