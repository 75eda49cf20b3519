// SPDX-License-Identifier: Apache-2.0
// Goal: signature fields are validated "meticulously" (RFC 6376 §6.1.1).
#include "protocol/mailauth/dkim/signature.h"

#include <gtest/gtest.h>

namespace hikyaku::dkim {
namespace {

const std::string kGood = "v=1; a=rsa-sha256; d=example.org; s=s; h=from; bh=AAAA; b=AAAA";

std::string changed(std::string_view from, std::string_view to) {
  auto text = kGood;
  return text.replace(text.find(from), from.size(), to);
}

TEST(Signature, HasAllThatIsRequired) {
  ASSERT_TRUE(parse_signature(kGood).has_value()) << parse_signature(kGood).error().text;
  for (std::size_t n = 0; n < kGood.size() - 4; ++n)
    EXPECT_FALSE(parse_signature(kGood.substr(0, n)).has_value()) << n;
  for (const auto* tag :
       {"v=1; ", "a=rsa-sha256; ", "d=example.org; ", "s=s; ", "h=from; ", "bh=AAAA; "})
    EXPECT_FALSE(parse_signature(changed(tag, "")).has_value()) << tag;
}

TEST(Signature, OtherTagsAreRight) {
  for (const auto* more : {"i=@example.net",
                           "i=example.org",
                           "x=0; t=0",
                           "x=1; t=2",
                           "t=1 2",
                           "t=",
                           "x=",
                           "l=",
                           "l=-1",
                           "l=1k",
                           "c=x",
                           "c=simple/",
                           "c=simple/simple/simple",
                           "c=Relaxed",
                           "q=http",
                           "q=",
                           "v=1",
                           "i=@notexample.org",
                           "i=",
                           "c=",
                           "t=1234567890123",
                           "i=a=00@example.org"})
    EXPECT_FALSE(parse_signature(kGood + "; " + more).has_value()) << more;
  for (const auto* more : {"i=x@a.example.org", "i=@EXAMPLE.org", "x=2; t=1", "l=0", "c=relaxed",
                           "q=x:dns/txt", "z=", "unknown=x", "t=123456789012"})
    EXPECT_TRUE(parse_signature(kGood + "; " + more).has_value()) << more;
}

TEST(Signature, ValuesAreRight) {
  const std::pair<const char*, const char*> bad[] = {
      {"h=from", "h=to"},
      {"h=from", "h="},
      {"h=from", "h=from::to"},
      {"h=from", "h=from:"},
      {"h=from", "h=fr\xC3\xA9:from"},
      {"example.org", "org"},
      {"example.org", "a..org"},
      {"example.org", "-a.org"},
      {"v=1", "v=2"},
      {"v=1", "v=1.0"},
      {"s=s;", "s=;"},
      {"s=s;", "s=a b;"},
      {"rsa-sha256", "RSA-SHA256"},
      {"rsa-sha256", "rsa-sha512"},
      {"bh=AAAA", "bh=A"},
      {"bh=AAAA", "bh="},
      {"; b=AAAA", "; b=*"},
      {"; b=AAAA", "; b="},
  };
  for (const auto& [from, to] : bad)
    EXPECT_FALSE(parse_signature(changed(from, to)).has_value()) << to;
}

TEST(Signature, IsGivenAsDnsWantsIt) {
  // RFC 8616 §5
  const auto eai = parse_signature(changed("example.org",
                                           "b\xC3\xBC"
                                           "cher.example"));
  ASSERT_TRUE(eai.has_value());
  EXPECT_EQ(eai->domain, "xn--bcher-kva.example");
  EXPECT_EQ(eai->identity(), "@xn--bcher-kva.example");
  const auto named = parse_signature(kGood + "; i=J=20D@Sub.Example.org; h2=x");
  EXPECT_EQ(named->identity(), "J D@sub.example.org");
  // A key's name that DNS can't have.
  const std::string label(63, 'a');
  const auto name = label + "." + label + "." + label;
  EXPECT_TRUE(parse_signature(changed("s=s", "s=" + name)).has_value());
  EXPECT_FALSE(parse_signature(changed("s=s", "s=" + name + "." + label.substr(20))).has_value());
}

TEST(Signature, DefaultsAreThoseOfTheRfc) {
  const auto read = parse_signature(kGood).value();
  EXPECT_EQ(read.header, Canonicalization::kSimple);
  EXPECT_EQ(read.body, Canonicalization::kSimple);
  EXPECT_FALSE(read.length || read.time_s || read.expires_s);
  const auto relaxed = parse_signature(kGood + ";c=relaxed").value();
  EXPECT_EQ(relaxed.header, Canonicalization::kRelaxed);
  EXPECT_EQ(relaxed.body, Canonicalization::kSimple);
  EXPECT_EQ(read.signed_fields, std::vector<std::string>{"from"});
  EXPECT_EQ(parse_signature(changed("h=from", "h=From :\r\n To"))->signed_fields,
            (std::vector<std::string>{"from", "to"}));
}

TEST(Signature, OfArcMayNameNoFields) {
  const auto text = changed("h=from", "h=");
  const auto tags = TagList::parse(text).value();
  EXPECT_TRUE(read_signature(tags, FieldNames::kAny)->signed_fields.empty());
  EXPECT_FALSE(read_signature(tags, FieldNames::kWithFrom).has_value());
}

}  // namespace
}  // namespace hikyaku::dkim
