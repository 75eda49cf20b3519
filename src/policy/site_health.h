// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include "base/clock.h"

namespace hikyaku::policy {

/// How many messages may be under way to one site (the hosts of a provider) at a time.
struct SitePace {
  std::size_t start = 5;  ///< nothing is known of it yet
  std::size_t most = 20;
  /// The first rest, the second in a row, ...; the last one again and again.
  std::vector<std::chrono::seconds> rests{std::chrono::minutes(1), std::chrono::minutes(2),
                                          std::chrono::minutes(5), std::chrono::minutes(10),
                                          std::chrono::minutes(15)};
  double jitter = 0.1;  ///< part of a rest, to both sides
};

/// What experience with a site tells: how many at a time (its window), and when not to call at all.
///
/// Window: each window of messages that are answered makes room for one more; a connection that
///         fails takes one away, and from then on it grows ten times more slowly.
/// Rest:   more failures in a row than the window that they left are a site that is down; a site
///         can also say that it is being sent too much. Then nothing is sent for a while, longer
///         each time, and after it one message tries. When that is answered, the window is `start`
///         again, or half of what was too much.
/// An answer is any: "no such user" is one.
class SiteHealth {
 public:
  enum class State : unsigned char { kOpen, kTrying, kResting };
  enum class Why : unsigned char { kNone, kDown, kTooMuch };

  explicit SiteHealth(const SitePace& pace)
      : window_(static_cast<double>(std::min(pace.start, pace.most))) {}

  /// A message was answered. True when that ends a time of rests: all that waits may go.
  bool answered(const SitePace& pace, UnixTime now);
  /// No connection was to be had, or it broke. `random` in [0, 1).
  void failed(const SitePace& pace, UnixTime now, double random);
  /// The site said that it is too much.
  void too_much(const SitePace& pace, UnixTime now, double random);
  /// It takes `working` at a time and refused one more: no failure, that is its number.
  void full(std::size_t working);
  /// All is forgotten.
  void reset(const SitePace& pace) { *this = SiteHealth(pace); }

  [[nodiscard]] State state(UnixTime now) const;
  /// Messages at a time: 0 while it rests, 1 while it is tried.
  [[nodiscard]] std::size_t window(UnixTime now) const;
  [[nodiscard]] UnixTime rests_until() const { return rests_until_; }
  /// Why it rests or is tried.
  [[nodiscard]] Why why() const { return why_; }
  [[nodiscard]] std::size_t failures_in_a_row() const { return failures_; }

 private:
  void rest(const SitePace& pace, UnixTime now, double random, Why why, double window_after);

  double window_;
  double window_after_ = 1;  ///< when a rest has ended well
  double growth_ = 1;
  std::size_t failures_ = 0;
  std::size_t rests_ = 0;  ///< in a row
  Why why_ = Why::kNone;
  UnixTime rests_until_{};
};

}  // namespace hikyaku::policy
