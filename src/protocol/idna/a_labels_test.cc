// SPDX-License-Identifier: Apache-2.0
#include "protocol/idna/a_labels.h"

#include <gtest/gtest.h>

namespace hikyaku::idna {
namespace {

TEST(ALabels, OfWhatPeopleType) {
  // RFC 5891 names no examples; these are the registered ones of .jp, .рф and the test domains.
  EXPECT_EQ(to_a_labels("例え.テスト"), "xn--r8jz45g.xn--zckzah");
  EXPECT_EQ(to_a_labels("飛脚。ＪＰ"), to_a_labels("飛脚.jp"));
  EXPECT_EQ(to_a_labels("MÜNCHEN.example"), "xn--mnchen-3ya.example");
  EXPECT_EQ(to_a_labels("straße.example"), "xn--strae-oqa.example");  // not transitional
  EXPECT_EQ(to_a_labels("Example.ORG"), "example.org");
}

TEST(ALabels, NoneForWhatIsNoName) {
  const std::string long_label = std::string(64, 'a') + ".example";
  std::string long_name;
  while (long_name.size() < 254) long_name += "飛脚.";
  for (const std::string& bad :
       {std::string(""), std::string("a..b"), long_label, long_name + "jp", std::string("\xff.jp"),
        std::string("\u200d.example"), std::string("xn--\u98db.example"), std::string(5000, 'a')})
    EXPECT_FALSE(to_a_labels(bad)) << bad;
}

}  // namespace
}  // namespace hikyaku::idna
