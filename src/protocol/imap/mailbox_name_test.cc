// SPDX-License-Identifier: Apache-2.0
// Goal: names have one form on the wire and one with us, and nothing that is not canonical gets in.
#include "protocol/imap/mailbox_name.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace hikyaku::imap {
namespace {

TEST(Utf7, Rfc3501Section5_1_3) {
  const std::pair<const char*, const char*> cases[] = {
      {"~peter/mail/&U,BTFw-/&ZeVnLIqe-",
       "~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"},
      {"&Jjo-!", "\xe2\x98\xba!"},
      {"&U,BTF2XlZyyKng-", "\xe5\x8f\xb0\xe5\x8c\x97\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"},
      {"Entw&APw-rfe", "Entw\xc3\xbcrfe"},
      {"&-", "&"},
      {"a&-b&-", "a&b&"},
      {"&2D3cBg-", "\xf0\x9f\x90\x86"},
      {"&AAE-", "\x01"},
      {"", ""},
  };
  for (const auto& [wire, name] : cases) {
    EXPECT_EQ(utf7_decode(wire).value(), name) << wire;
    EXPECT_EQ(utf7_encode(name), wire);
  }
}

TEST(Utf7, RefusesOtherForms) {
  for (const char* wire : {"&Jjo!", "&U,BTFw-&ZeVnLIqe-",  // RFC 3501 §5.1.3: not permitted
                           "&", "&AOk", "&AGE-",           // "a" must be itself
                           "&AOl-",                        // spare bits
                           "&AOkA-", "&2D0-", "&3Ag-", "&2D0A6Q-", "&A-", "&AO-", "&AO k-",
                           "\xc3\xa9", "a\tb", "a\x7f"}) {
    EXPECT_FALSE(utf7_decode(wire)) << wire;
  }
}

TEST(Utf7, RoundTripsEveryCharacter) {
  for (std::uint32_t c = 1; c < 0x11000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    std::string name = "x";
    if (c < 0x80) {
      name += static_cast<char>(c);
    } else if (c < 0x800) {
      name += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    } else if (c < 0x10000) {
      name += {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)),
               static_cast<char>(0x80 | (c & 0x3f))};
    } else {
      name += {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)),
               static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
    }
    ASSERT_TRUE(is_utf8(name)) << c;
    ASSERT_EQ(utf7_decode(utf7_encode(name)).value(), name) << c;
  }
}

TEST(MailboxName, TakesNames) {
  const auto utf7 = [](std::string_view wire) {
    return mailbox_name_from_wire(wire, NameEncoding::kUtf7).value();
  };
  EXPECT_EQ(utf7("inbox"), "INBOX");
  EXPECT_EQ(utf7("Inbox/Sub"), "INBOX/Sub");
  EXPECT_EQ(utf7("inboxes"), "inboxes");
  EXPECT_EQ(utf7("a/b/"), "a/b");
  EXPECT_EQ(utf7("Entw&APw-rfe"), "Entw\xc3\xbcrfe");
  EXPECT_EQ(utf7("50%"), "50%");
  EXPECT_EQ(mailbox_name_from_wire("Entw\xc3\xbcrfe&", NameEncoding::kUtf8).value(),
            "Entw\xc3\xbcrfe&");
  EXPECT_EQ(mailbox_name_to_wire("Entw\xc3\xbcrfe&", NameEncoding::kUtf8), "Entw\xc3\xbcrfe&");
  EXPECT_EQ(mailbox_name_to_wire("Entw\xc3\xbcrfe&", NameEncoding::kUtf7), "Entw&APw-rfe&-");
}

TEST(MailboxName, RefusesNames) {
  for (const char* wire :
       {"", "/", "//", "/a", "a//b", "a//", "&AAE-", "&AIU-", "&ICg-", "\xc3\xa9"}) {
    EXPECT_FALSE(mailbox_name_from_wire(wire, NameEncoding::kUtf7)) << wire;
  }
  for (const char* wire : {"\xc3", "a\r\nb", "a\x7f"}) {
    EXPECT_FALSE(mailbox_name_from_wire(wire, NameEncoding::kUtf8)) << wire;
  }
  const NameLimits limits{.name_octets_max = 10, .level_octets_max = 5, .levels_max = 3};
  const auto takes = [&](std::string_view wire) {
    return mailbox_name_from_wire(wire, NameEncoding::kUtf8, limits).has_value();
  };
  EXPECT_TRUE(takes("12345/1234"));
  EXPECT_FALSE(takes("12345/12345"));
  EXPECT_FALSE(takes("123456"));
  EXPECT_TRUE(takes("a/b/c"));
  EXPECT_FALSE(takes("a/b/c/d"));
}

TEST(MailboxName, KnowsItsFamily) {
  EXPECT_EQ(parent_name("a/b/c"), "a/b");
  EXPECT_EQ(parent_name("a"), "");
  EXPECT_TRUE(is_below("a/b", "a"));
  EXPECT_FALSE(is_below("ab", "a"));
  EXPECT_FALSE(is_below("a", "a"));
  EXPECT_FALSE(is_below("a/", "a"));
}

}  // namespace
}  // namespace hikyaku::imap
