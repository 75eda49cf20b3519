// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace hikyaku {

/// Wall-clock time, UTC, in microseconds: what is stored and shown.
using UnixTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
/// Monotonic time: deadlines and rates.
using SteadyTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::microseconds;

/// Where the time comes from, so that tests can set it. One object, handed down.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual UnixTime now() const = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] UnixTime now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
  [[nodiscard]] SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
};

/// A clock that stands still until it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UnixTime start) : now_(start) {}
  void advance(Duration by) {
    now_ += by;
    steady_ += by;
  }
  [[nodiscard]] UnixTime now() const override { return now_; }
  [[nodiscard]] SteadyTime steady_now() const override { return steady_; }

 private:
  UnixTime now_;
  SteadyTime steady_{};
};

}  // namespace hikyaku
