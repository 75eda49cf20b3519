// SPDX-License-Identifier: Apache-2.0
// Goal: NOTIFY is read by its grammar and no other, and nobody is told who did not ask.
#include "protocol/smtp/notify.h"

#include <gtest/gtest.h>

namespace hikyaku::smtp {
namespace {

TEST(Notify, IsReadAndWritten) {
  for (const auto* text : {"NEVER", "SUCCESS", "FAILURE", "DELAY", "SUCCESS,FAILURE",
                           "SUCCESS,FAILURE,DELAY", "FAILURE,DELAY"}) {
    const auto notify = Notify::parse(text);
    ASSERT_TRUE(notify) << text;
    EXPECT_EQ(notify->text(), text);
    EXPECT_EQ(Notify(notify->bits()), *notify);
  }
  EXPECT_EQ(Notify::parse("delay,Success")->text(), "SUCCESS,DELAY");
  for (const auto* text : {"", ",", "NEVER,", ",NEVER", "NEVER,DELAY", "SUCCESS FAILURE", "ALWAYS"})
    EXPECT_FALSE(Notify::parse(text)) << text;
}

TEST(Notify, WhoIsTold) {
  const Notify unsaid;
  EXPECT_TRUE(!unsaid.given() && !unsaid.success() && unsaid.failure() && unsaid.delay());
  const auto never = *Notify::parse("NEVER");
  EXPECT_TRUE(never.given() && !never.success() && !never.failure() && !never.delay());
  const auto success = *Notify::parse("SUCCESS");
  EXPECT_TRUE(success.success() && !success.failure() && !success.delay());
}

TEST(Notify, WithoutSuccess) {
  EXPECT_EQ(Notify().without_success(), Notify());
  EXPECT_EQ(Notify::parse("SUCCESS")->without_success().text(), "NEVER");
  EXPECT_EQ(Notify::parse("SUCCESS,DELAY")->without_success().text(), "DELAY");
  EXPECT_EQ(Notify::parse("NEVER")->without_success().text(), "NEVER");
}

}  // namespace
}  // namespace hikyaku::smtp
