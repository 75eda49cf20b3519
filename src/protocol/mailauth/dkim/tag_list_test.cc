// SPDX-License-Identifier: Apache-2.0
// Goal: tag lists, their values and key records are read strictly (RFC 6376 §3.2, §3.6.1).
#include "protocol/mailauth/dkim/tag_list.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "protocol/mailauth/dkim/key_record.h"
#include "protocol/mailauth/dkim/tag_value.h"

namespace hikyaku::dkim {
namespace {

TEST(TagList, IsReadStrictly) {
  EXPECT_EQ(TagList::parse("a = b c ;d=; ")->find("a")->value, "b c");
  EXPECT_EQ(TagList::parse("a=b;\r\n\tb = c\r\n ")->find("b")->value, "c");
  EXPECT_EQ(TagList::parse("a=b=c==")->find("a")->value, "b=c==");
  EXPECT_EQ(TagList::parse("a=\xC3\xA9")->find("a")->value, "\xC3\xA9");  // RFC 8616 §5
  const auto both = TagList::parse("a=b; A=c").value();                   // "case-sensitive"
  EXPECT_EQ(both.find("a")->value, "b");
  EXPECT_EQ(both.find("A")->value, "c");
  EXPECT_EQ(both.find("b"), nullptr);
  for (const auto* bad : {"", ";", "a", "=b", "a=b;;c=d", "a=b;a=c", "1a=b", "a=b\r\nc", "a=\x01",
                          "a=b;c", "a b=c", "a=b\nc=d", "a=\x7f", " ", "a=b\r", "\xC3\xA9=b"})
    EXPECT_FALSE(TagList::parse(bad).has_value()) << bad;
}

TEST(TagList, IsBounded) {
  EXPECT_FALSE(TagList::parse("a=" + std::string(kTagListOctetsMax, 'x')).has_value());
  EXPECT_FALSE(TagList::parse("a=" + std::string(64 * 1024, 'x')).has_value());
  std::string tags;
  for (std::size_t i = 0; i < kTagsMax; ++i) tags += fmt::format("t{}=1;", i);
  EXPECT_TRUE(TagList::parse(tags).has_value());
  EXPECT_FALSE(TagList::parse(tags + "one_more=1").has_value());
}

TEST(TagList, PlacesAreThoseOfTheValueWithItsWhiteSpace) {
  constexpr std::string_view kText = "a=1; b = x\r\n y ; c=2";
  const auto tags = TagList::parse(kText).value();
  const auto* tag = tags.find("b");
  EXPECT_EQ(kText.substr(tag->begin, tag->end - tag->begin), " x\r\n y ");
}

TEST(TagValue, Base64) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("Zg=="), "f");
  EXPECT_EQ(decode_base64("Zm8="), "fo");
  EXPECT_EQ(decode_base64("Zm 9v\r\n\tYg = ="), "foob");
  EXPECT_EQ(decode_base64("Zg"), "f");
  for (const auto* bad : {"Z", "Zg=", "Zg===", "Zh==", "Zm9=", "Zg==Zg==", "Z-g=", "=", "Zm9v="})
    EXPECT_FALSE(decode_base64(bad).has_value()) << bad;
}

TEST(TagValue, Numbers) {
  EXPECT_EQ(decode_number("0", 1), 0U);
  EXPECT_EQ(decode_number("18446744073709551615", 76), 18446744073709551615U);
  EXPECT_EQ(decode_number("99999999999999999999", 76), 18446744073709551615U);
  for (const auto* bad : {"", "-1", "1 2", "+1", "0x1", "1234567890123"})
    EXPECT_FALSE(decode_number(bad, 12).has_value()) << bad;
}

// RFC 6376 §2.11
TEST(TagValue, QuotedPrintable) {
  EXPECT_EQ(decode_quoted_printable("a=20b\r\n c=3D"), "a bc=");
  for (const auto* bad : {"=", "=2", "=2g", "=3d"})
    EXPECT_FALSE(decode_quoted_printable(bad).has_value()) << bad;
}

TEST(TagValue, DomainNames) {
  EXPECT_EQ(dns_name("Example.ORG", 2), "example.org");
  EXPECT_EQ(dns_name("_a.b-c", 2), "_a.b-c");
  EXPECT_EQ(dns_name("s", 1), "s");
  const std::string label(63, 'a');
  EXPECT_TRUE(dns_name(label + "." + label + "." + label + "." + label.substr(2), 2).has_value());
  const std::string too_long = label + "." + label + "." + label + "." + label;
  for (const auto& bad :
       std::initializer_list<std::string>{"", ".", "a..b", ".a.b", "a.b.", "-a.b", "a-.b", "a.b-",
                                          "a b.c", "a,b.c", "a/b.c", label + "a.b", too_long, "a"})
    EXPECT_FALSE(dns_name(bad, 2).has_value()) << bad;
}

TEST(KeyRecord, Tags) {
  const auto key =
      parse_key_record("v=DKIM1; k=rsa; h=sha1 : sha256; s=email:x; t=y : s; n=note; p=Zg==");
  ASSERT_TRUE(key.has_value()) << key.error().text;
  EXPECT_EQ(key->key, "f");
  EXPECT_EQ(key->type, KeyRecord::Type::kRsa);
  EXPECT_TRUE(key->permits_sha256 && key->for_email && key->testing && key->strict_identity);
  const auto least = parse_key_record("p=");
  ASSERT_TRUE(least.has_value());
  EXPECT_TRUE(least->permits_sha256 && least->for_email);
  EXPECT_FALSE(least->testing || least->strict_identity);
  EXPECT_EQ(parse_key_record("k=ed25519;p=Zg")->type, KeyRecord::Type::kEd25519);
  EXPECT_FALSE(parse_key_record("h=sha1;p=Zg")->permits_sha256);
  EXPECT_FALSE(parse_key_record("s=other;p=Zg")->for_email);
  EXPECT_TRUE(parse_key_record("s=*;p=Zg")->for_email);
  // §3.6.1, t=: "Unrecognized flags MUST be ignored."
  EXPECT_FALSE(parse_key_record("t=z;p=Zg")->testing);
  for (const auto* bad :
       {"", "v=DKIM1", "v=DKIM2;p=Zg", "v=dkim1;p=Zg", "p=Zg;v=DKIM1", "k=RSA;p=Zg", "k=;p=Zg",
        "p=%", "p=Zg;p=Zg", "v=DKIM1 p=Zg", "v=spf1 -all"})
    EXPECT_FALSE(parse_key_record(bad).has_value()) << bad;
}

TEST(KeyRecord, CutAtEveryOctetNeverGrowsRights) {
  constexpr std::string_view kText = "v=DKIM1; h=sha256; s=email; t=s; p=Zm9v";
  for (std::size_t n = 0; n < kText.size(); ++n) {
    const auto key = parse_key_record(kText.substr(0, n));
    if (key) EXPECT_TRUE(key->strict_identity) << n;  // p= comes last
  }
}

}  // namespace
}  // namespace hikyaku::dkim
