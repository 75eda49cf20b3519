// SPDX-License-Identifier: Apache-2.0
#include "policy/site_health.h"

#include <algorithm>

namespace hikyaku::policy {
namespace {

constexpr double kGrowthAfterTrouble = 0.1;

}  // namespace

SiteHealth::State SiteHealth::state(UnixTime now) const {
  if (why_ == Why::kNone) return State::kOpen;
  return now < rests_until_ ? State::kResting : State::kTrying;
}

std::size_t SiteHealth::window(UnixTime now) const {
  switch (state(now)) {
    case State::kResting: return 0;
    case State::kTrying: return 1;
    case State::kOpen: break;
  }
  return static_cast<std::size_t>(window_);
}

bool SiteHealth::answered(const SitePace& pace, UnixTime now) {
  failures_ = 0;
  if (why_ == Why::kNone) {
    window_ = std::min(window_ + growth_ / window_, static_cast<double>(pace.most));
    return false;
  }
  // What was on its way when the site asked for a rest says nothing; a site that is down does not
  // answer.
  if (why_ == Why::kTooMuch && now < rests_until_) return false;
  why_ = Why::kNone;
  rests_ = 0;
  window_ = std::clamp(window_after_, 1.0, static_cast<double>(pace.most));
  return true;
}

void SiteHealth::failed(const SitePace& pace, UnixTime now, double random) {
  if (state(now) == State::kResting) return;  // was on its way before
  ++failures_;
  if (state(now) == State::kTrying) {
    rest(pace, now, random, why_, window_after_);
    return;
  }
  growth_ = kGrowthAfterTrouble;
  window_ = std::max(window_ - 1, 1.0);
  if (static_cast<double>(failures_) >= window_)
    rest(pace, now, random, Why::kDown, static_cast<double>(pace.start));
}

void SiteHealth::too_much(const SitePace& pace, UnixTime now, double random) {
  if (state(now) == State::kResting) return;
  growth_ = kGrowthAfterTrouble;
  const double half = state(now) == State::kTrying ? window_after_ / 2 : window_ / 2;
  rest(pace, now, random, Why::kTooMuch, std::max(half, 1.0));
}

void SiteHealth::full(std::size_t working) {
  growth_ = kGrowthAfterTrouble;
  window_ = std::clamp(static_cast<double>(working), 1.0, window_);
}

void SiteHealth::rest(const SitePace& pace, UnixTime now, double random, Why why,
                      double window_after) {
  const auto step = pace.rests[std::min(rests_++, pace.rests.size() - 1)];
  const double spread = 1 + pace.jitter * (2 * std::clamp(random, 0.0, 1.0) - 1);
  const auto time = static_cast<double>(Duration(step).count()) * spread;
  rests_until_ = now + Duration(static_cast<Duration::rep>(time));
  why_ = why;
  window_after_ = window_after;
}

}  // namespace hikyaku::policy
