// SPDX-License-Identifier: Apache-2.0
// Goal: a secret leaves no copy behind when it is moved, taken or dropped, and cannot be copied.
#include "base/secret.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <type_traits>

namespace hikyaku {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);

TEST(Secret, TakesAndWipesTheSource) {
  std::string text = "tanuki";  // short: it lies inside the string object
  const char* place = text.data();
  Secret secret = Secret::take(text);
  EXPECT_EQ(secret.reveal(), "tanuki");
  EXPECT_TRUE(text.empty());
  for (int i = 0; i < 6; ++i) EXPECT_EQ(place[i], '\0');
}

TEST(Secret, MovesWithoutACopy) {
  Secret first("tanuki");
  const char* place = first.reveal().data();
  Secret second = std::move(first);
  EXPECT_EQ(second.reveal().data(), place);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
  Secret third("other");
  third = std::move(second);
  EXPECT_EQ(third.reveal(), "tanuki");
}

TEST(Secret, Matches) {
  const Secret secret("tanuki");
  EXPECT_TRUE(secret.matches("tanuki"));
  EXPECT_FALSE(secret.matches("tanukI"));
  EXPECT_FALSE(secret.matches("tanuk"));
  EXPECT_FALSE(secret.matches(""));
  EXPECT_TRUE(Secret().matches(""));
  EXPECT_TRUE(secret.clone().matches("tanuki"));
}

TEST(Secret, WipesTheWholeCapacity) {
  std::string text(100, 'x');
  const char* place = text.data();
  text.resize(3);
  wipe(text);
  EXPECT_TRUE(text.empty());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(place[i], '\0');
}

}  // namespace
}  // namespace hikyaku
