// SPDX-License-Identifier: Apache-2.0
// Goal: passwords that look the same are the same; what RFC 4013 prohibits is refused with words.
#include "protocol/sasl/saslprep.h"

#include <gtest/gtest.h>

namespace hikyaku::sasl {
namespace {

std::string prepared(std::string_view text) {
  const auto out = saslprep(Secret(text));
  return out ? std::string(out->reveal()) : "error: " + out.error().text;
}

bool refused(std::string_view text) {
  const auto out = saslprep(Secret(text));
  if (out) return false;
  EXPECT_EQ(out.error().remedy, Remedy::kPermanent);
  EXPECT_FALSE(out.error().japanese.empty());
  return true;
}

// RFC 4013 §3, all examples.
TEST(SaslPrep, Rfc4013Section3) {
  EXPECT_EQ(prepared("I\xc2\xadX"), "IX");
  EXPECT_EQ(prepared("user"), "user");
  EXPECT_EQ(prepared("USER"), "USER");
  EXPECT_EQ(prepared("\xc2\xaa"), "a");
  EXPECT_EQ(prepared("\xe2\x85\xa8"), "IX");
  EXPECT_TRUE(refused("\x07"));
  EXPECT_TRUE(refused("\xd8\xa7\x31"));
}

TEST(SaslPrep, OneFormForAllSpellings) {
  EXPECT_EQ(prepared("Gr\xc3\xbc\xc3\x9f"), prepared("Gru\xcc\x88\xc3\x9f"));  // NFC and NFD
  EXPECT_EQ(prepared("\xef\xbc\xa1\xef\xbc\xa2"), "AB");                       // full width
  EXPECT_EQ(prepared("pass\xc2\xa0word"), "pass word");                        // §2.1
  EXPECT_EQ(prepared("\xe9\xa3\x9b\xe8\x84\x9a"), "\xe9\xa3\x9b\xe8\x84\x9a");
  EXPECT_EQ(prepared("paw \xf0\x9f\x90\xbe"), "paw \xf0\x9f\x90\xbe");  // younger than 3.2
  EXPECT_EQ(prepared("\xd8\xa7\x31\xd8\xa8"), "\xd8\xa7\x31\xd8\xa8");  // §2.4 allows it
  EXPECT_EQ(prepared("a\xef\xb7\xba"), "error: " + saslprep(Secret("a\xef\xb7\xba")).error().text);
  EXPECT_EQ(prepared("\xef\xb7\xba").size(), 33U);  // the longest that one character becomes
}

TEST(SaslPrep, RefusesWhatItProhibits) {
  for (const std::string_view text :
       {"", "\xc2\xad", "tab\there", "\x7f", "\xe2\x80\xa8", "\xee\x80\x80", "\xef\xbf\xbd",
        "latin \xe4", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80"}) {
    EXPECT_TRUE(refused(text)) << text;
  }
  EXPECT_TRUE(refused(std::string_view("a\0b", 3)));
}

TEST(SaslPrep, CutAnywhereItIsPreparedOrRefused) {
  const std::string whole = "p\xc3\xa4ss \xe2\x85\xa8 \xf0\x9f\x90\xbe \xef\xb7\xba";
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const auto out = saslprep(Secret(std::string_view(whole).substr(0, n)));
    if (!out) continue;
    EXPECT_EQ(prepared(out->reveal()), out->reveal()) << n;  // what is prepared stays as it is
  }
}

}  // namespace
}  // namespace hikyaku::sasl
