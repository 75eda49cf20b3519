// SPDX-License-Identifier: Apache-2.0
#include "service/delivery/attempt.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace hikyaku::delivery {
namespace {

/// Words of 4yz replies that are about us and not about the message. Some of them in each reply of
/// this kind that large providers and common software give.
constexpr std::array<std::string_view, 14> kTooMuch = {
    "rate limit",          "ratelimit",           "rate-limit",       "throttl",
    "too many connection", "too many concurrent", "too many session", "too many message",
    "too much mail",       "unusual rate",        "sending too fast", "slow down",
    "connection limit",    "exceeded the rate"};

bool says_too_much(const smtp::EnhancedStatus& status) {
  if (status.subject == 4 && status.detail == 5) return true;   // RFC 3463 §3.5: congestion
  if (status.subject == 7 && status.detail == 28) return true;  // Google: an unusual rate
  // Microsoft: this address is limited for its reputation.
  return status.subject == 7 && status.detail >= 650 && status.detail <= 699;
}

/// 421 also says that the server stops, or was waiting too long for us.
bool says_goodbye(const smtp::EnhancedStatus& status) {
  return (status.subject == 4 && status.detail == 2) || (status.subject == 3 && status.detail == 2);
}

}  // namespace

AttemptResult put_off(const queue::Item& item, const Site& site) {
  AttemptResult out;
  smtp::Reply reply;
  reply.enhanced = {4, 4, 1};
  reply.text = "no attempt while the destination rests; it said last: " + site.last_error;
  if (site.health.why() == policy::SiteHealth::Why::kDown)
    reply.text = "no attempt while the destination is out of reach: " + site.last_error;
  for (const auto& recipient : item.recipients)
    if (recipient.state == queue::State::kWaiting)
      out.recipients.push_back(
          {recipient.address, smtp::Outcome::kTransient, reply, site.last_host});
  out.put_off_until = site.health.rests_until();
  return out;
}

Schedule::Feedback feedback_of(const smtp::Reply& reply) {
  using Feedback = Schedule::Feedback;
  if (reply.code == 0) {
    // Our own trouble with the message (4.3.0, 5yz) says nothing about the site.
    const bool ours = reply.enhanced.class_ == 5 || reply.enhanced == smtp::EnhancedStatus{4, 3, 0};
    return ours ? Feedback::kNone : Feedback::kFailed;
  }
  if (!reply.transient()) return Feedback::kAnswered;
  if (says_too_much(reply.enhanced)) return Feedback::kTooMuch;
  std::string text(reply.text);
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool told = std::ranges::any_of(
      kTooMuch, [&](std::string_view words) { return text.find(words) != std::string::npos; });
  if (told) return Feedback::kTooMuch;
  if (reply.code != 421) return Feedback::kAnswered;
  return says_goodbye(reply.enhanced) ? Feedback::kFailed : Feedback::kTooMuch;
}

}  // namespace hikyaku::delivery
