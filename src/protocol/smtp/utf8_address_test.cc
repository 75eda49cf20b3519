// SPDX-License-Identifier: Apache-2.0
// Goal: an address in UTF-8 is said so that each server that may get it can read it, and nothing
// else is taken for one (RFC 6533 §3).
#include "protocol/smtp/utf8_address.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace hikyaku::smtp {
namespace {

TEST(Utf8Address, ComesBackFromAscii) {
  EXPECT_EQ(utf8_address_encode("飛脚@例.jp"), "\\x{98DB}\\x{811A}@\\x{4F8B}.jp");
  EXPECT_EQ(utf8_address_encode("é+x=y\\z 😀@a.example"),
            "\\x{E9}\\x{2B}x\\x{3D}y\\x{5C}z\\x{20}\\x{1F600}@a.example");
  for (const std::string_view mailbox :
       {"飛脚@例.jp", "é+x=y\\z 😀@a.example", "a@b.example", "\u07ff\u0800\uffff\U00010000"}) {
    const auto encoded = utf8_address_encode(mailbox);
    EXPECT_TRUE(is_ascii(encoded));
    EXPECT_EQ(utf8_address_decode(encoded), mailbox);
  }
  // The form for servers with SMTPUTF8, and a mixture.
  EXPECT_EQ(utf8_address_decode("飛脚@例.jp"), "飛脚@例.jp");
  EXPECT_EQ(utf8_address_decode("飛\\x{811A}@x.example"), "飛脚@x.example");
}

TEST(Utf8Address, OnlyWhatTheGrammarHas) {
  for (const std::string_view bad :
       {"",         "a+b@x",     "a=b@x",       "a b@x",        "\\",      "\\x",
        "\\x{",     "\\x{}",     "\\x{41}",     "\\x{9}",       "\\x{e9}", "\\x{0E9}",
        "\\x{00}",  "\\x{D800}", "\\x{110000}", "\\x{1234567}", "\\y{E9}", "\xe9",
        "\xc0\x80", "a\x7f",     "a\x01"})
    EXPECT_FALSE(utf8_address_decode(bad)) << bad;
  const std::string whole = "\\x{98DB}";
  for (std::size_t i = 1; i < whole.size(); ++i)
    EXPECT_FALSE(utf8_address_decode(whole.substr(0, i))) << i;
}

TEST(Utf8Address, OriginalRecipients) {
  EXPECT_EQ(orcpt_of("a+b@x.example"), "rfc822;a+2Bb@x.example");
  EXPECT_EQ(orcpt_of("é+b@x.example"), "utf-8;\\x{E9}\\x{2B}b@x.example");
  EXPECT_EQ(ascii_orcpt("UTF-8;é@x.example"), "utf-8;\\x{E9}@x.example");
  EXPECT_EQ(ascii_orcpt("rfc822;a+2Bb@x.example"), "rfc822;a+2Bb@x.example");
  EXPECT_EQ(shown_orcpt("rfc822;a+2Bb@x.example"), "rfc822;a+b@x.example");
  EXPECT_EQ(shown_orcpt("utf-8;\\x{E9}\\x{2B}b@x.example"), "utf-8;é+b@x.example");
  EXPECT_EQ(shown_orcpt("utf-8;a+b"), "utf-8;a+b");  // none, and copied as it is
  EXPECT_EQ(shown_orcpt("a@x.example"), "");
}

}  // namespace
}  // namespace hikyaku::smtp
