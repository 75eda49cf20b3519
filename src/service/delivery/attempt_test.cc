// SPDX-License-Identifier: Apache-2.0
// Goal: what one reply says about a whole site is told from what it says about one message; what is
// put off keeps its attempts and its own end; hosts in any order are one site, but share a
// connection only where they are the best ones too.
#include "service/delivery/attempt.h"

#include <gtest/gtest.h>

#include "service/delivery/route.h"
#include "service/delivery/settle.h"

namespace hikyaku::delivery {
namespace {

using Feedback = Schedule::Feedback;

TEST(Feedback, TellsTheSiteFromTheMessage) {
  struct Case {
    smtp::Reply reply;
    Feedback feedback;
  };
  for (const auto& [reply, feedback] : {
           Case{{250, {2, 0, 0}, "ok"}, Feedback::kAnswered},
           Case{{550, {5, 1, 1}, "unknown user"}, Feedback::kAnswered},
           Case{{550, {5, 7, 1}, "rate limit of this sender is used up"}, Feedback::kAnswered},
           Case{{450, {4, 7, 1}, "Greylisted, try again in 300 seconds"}, Feedback::kAnswered},
           Case{{450, {4, 2, 1}, "the user is receiving mail at a rate that prevents more"},
                Feedback::kAnswered},
           Case{{452, {4, 5, 3}, "too many recipients"}, Feedback::kAnswered},
           Case{{451, {4, 3, 0}, "later"}, Feedback::kAnswered},
           Case{{421, {4, 7, 28}, "unusual"}, Feedback::kTooMuch},
           Case{{421, {}, "come back later"}, Feedback::kTooMuch},
           Case{{450, {4, 7, 28}, "unusual"}, Feedback::kTooMuch},
           Case{{451, {4, 7, 650}, "temporarily limited due to IP reputation"}, Feedback::kTooMuch},
           Case{{451, {4, 4, 5}, "busy"}, Feedback::kTooMuch},
           Case{{451, {}, "Rate Limited"}, Feedback::kTooMuch},
           Case{{450, {4, 7, 0}, "Too many connections from your host"}, Feedback::kTooMuch},
           Case{{421, {4, 4, 2}, "timeout, closing"}, Feedback::kFailed},
           Case{{421, {4, 3, 2}, "shutting down"}, Feedback::kFailed},
           Case{{0, {4, 4, 2}, "connection lost"}, Feedback::kFailed},
           Case{{0, {4, 3, 0}, "the message can't be read"}, Feedback::kNone},
           Case{{0, {5, 6, 7}, "not ASCII"}, Feedback::kNone},
       })
    EXPECT_EQ(feedback_of(reply), feedback) << reply.one_line();
}

TEST(Settle, WhatIsPutOffComesAfterTheRestButNotAfterItsEnd) {
  const UnixTime start(std::chrono::hours(1'000));
  queue::Item item;
  item.recipients.push_back({"bob@far.example", "", 0, queue::State::kWaiting, ""});
  item.created = start;
  item.attempts = 3;
  AttemptResult result;
  result.recipients.push_back({"bob@far.example", {}, {0, {4, 4, 1}, "down"}, {}});
  result.put_off_until = start + std::chrono::minutes(15);
  policy::RetryPlan plan;
  auto settled = settle(item, result, plan, start + std::chrono::minutes(1), 0.5);
  EXPECT_FALSE(settled.finished);
  EXPECT_EQ(settled.item.attempts, 3U);
  EXPECT_EQ(settled.item.due, start + std::chrono::minutes(15));
  result.put_off_until = start + std::chrono::days(9);
  settled = settle(item, result, plan, start + std::chrono::days(4), 0.5);
  EXPECT_EQ(settled.item.due, plan.expires(start));
  settled = settle(item, result, plan, plan.expires(start), 0.5);
  EXPECT_TRUE(settled.finished);
  ASSERT_EQ(settled.failed.size(), 1U);
}

dns::MailRoute route(std::vector<dns::MailHost> hosts, bool secure = false) {
  return {.hosts = std::move(hosts), .secure = secure, .from_mx = true};
}

TEST(Way, HostsInAnyOrderAreOneSite) {
  const auto a = way_of(route({{"mx1.x", {}, 10, false}, {"mx2.x", {}, 10, false}}));
  const auto shuffled = way_of(route({{"mx2.x", {}, 10, false}, {"mx1.x", {}, 10, false}}));
  const auto other_numbers = way_of(route({{"mx1.x", {}, 5, false}, {"mx2.x", {}, 5, false}}));
  EXPECT_EQ(a.site, "mx1.x mx2.x");
  EXPECT_EQ(shuffled.site, a.site);
  EXPECT_EQ(shuffled.order, a.order);
  EXPECT_EQ(other_numbers.order, a.order);
}

TEST(Way, AConnectionIsSharedOnlyWhereTheHostsAreAsGood) {
  const auto equal = way_of(route({{"mx1.x", {}, 10, false}, {"mx2.x", {}, 10, false}}));
  const auto first = way_of(route({{"mx1.x", {}, 10, false}, {"mx2.x", {}, 20, false}}));
  const auto second = way_of(route({{"mx2.x", {}, 10, false}, {"mx1.x", {}, 20, false}}));
  const auto secure = way_of(route({{"mx1.x", {}, 10, true}, {"mx2.x", {}, 20, true}}, true));
  for (const auto* one : {&first, &second, &secure}) EXPECT_EQ(one->site, equal.site);
  EXPECT_NE(equal.order, first.order);
  EXPECT_NE(first.order, second.order);
  EXPECT_NE(first.order, secure.order);
  EXPECT_NE(no_way("mx1.x").site, way_of(route({{"mx1.x", {}, 0, false}})).site);
}

}  // namespace
}  // namespace hikyaku::delivery
