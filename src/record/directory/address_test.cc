// SPDX-License-Identifier: Apache-2.0
// Goal: the same address is the same, however it is written; what is none is refused.
#include "record/directory/address.h"

#include <gtest/gtest.h>

namespace hikyaku::directory {
namespace {

TEST(Address, DomainsBecomeALabels) {
  const std::string label63(63, 'a');
  struct Case {
    std::string in;
    std::optional<std::string> out;
  };
  for (const auto& [in, out] : {
           Case{"Example.ORG", "example.org"},
           Case{"example.org.", "example.org"},
           Case{"localhost", "localhost"},
           Case{"bücher.example", "xn--bcher-kva.example"},
           Case{"BÜCHER.example", "xn--bcher-kva.example"},
           Case{"日本語.jp", "xn--wgv71a119e.jp"},
           Case{"日本語。jp", "xn--wgv71a119e.jp"},    // UTS 46 maps the ideographic dot
           Case{"faß.example", "xn--fa-hia.example"},  // not transitional
           Case{"XN--bcher-KVA.example", "xn--bcher-kva.example"},
           Case{"_dmarc.example.org", "_dmarc.example.org"},
           Case{label63 + ".org", label63 + ".org"},
           Case{label63 + "a.org", std::nullopt},
           Case{std::string(300, 'a'), std::nullopt},
           Case{"", std::nullopt},
           Case{".", std::nullopt},
           Case{"a..b", std::nullopt},
           Case{".a", std::nullopt},
           Case{"-a.org", std::nullopt},
           Case{"a-.org", std::nullopt},
           Case{"a b.org", std::nullopt},
           Case{"[192.0.2.1]", std::nullopt},
           Case{std::string("a\0b", 3), std::nullopt},
           Case{"\xff\xfe.org", std::nullopt},
       }) {
    const auto got = normalize_domain(in);
    EXPECT_EQ(got ? std::optional(*got) : std::nullopt, out) << in;
    if (!got) EXPECT_EQ(got.error().remedy, Remedy::kPermanent);
  }
}

TEST(Address, LocalPartsAreComparedInSmallLetters) {
  struct Case {
    std::string in;
    std::optional<std::string> canonical, outward;
  };
  for (const auto& [in, canonical, outward] : {
           Case{"Ann@Example.ORG", "ann@example.org", "Ann@example.org"},
           Case{"\"Ann Lee\"@example.org", "ann lee@example.org", "\"Ann Lee\"@example.org"},
           Case{R"("a\"b"@example.org)", "a\"b@example.org", R"("a\"b"@example.org)"},
           Case{"\"ann\"@example.org", "ann@example.org", "\"ann\"@example.org"},
           Case{"a@b@example.org", "a@b@example.org", "a@b@example.org"},
           Case{"JÖRG@example.org", "jörg@example.org", "JÖRG@example.org"},
           Case{"jo\xcc\x88rg@example.org", "jörg@example.org", "jo\xcc\x88rg@example.org"},
           Case{"\xff\xfe@example.org", std::nullopt, std::nullopt},
           Case{"ann", std::nullopt, std::nullopt},
           Case{"@example.org", std::nullopt, std::nullopt},
           Case{"ann@", std::nullopt, std::nullopt},
           Case{"\"\"@example.org", std::nullopt, std::nullopt},
           Case{"a\nb@example.org", std::nullopt, std::nullopt},
           Case{std::string("a\0b@example.org", 15), std::nullopt, std::nullopt},
           Case{std::string(257, 'a') + "@example.org", std::nullopt, std::nullopt},
       }) {
    const auto got = parse_address(in);
    ASSERT_EQ(got.has_value(), canonical.has_value()) << in;
    if (!got) continue;
    EXPECT_EQ(got->canonical(), *canonical);
    EXPECT_EQ(got->outward(), *outward);
  }
}

TEST(Address, NewOnesAreDotAtoms) {
  for (const char* good : {"a@b.org", "first.last@b.org", "a+b@b.org", "o'neil@b.org", "ü@b.org"})
    EXPECT_TRUE(parse_new_address(good).has_value()) << good;
  const auto long_local = std::string(65, 'a') + "@b.org";
  for (const std::string& bad :
       {std::string("a"), std::string("a b@b.org"), std::string(".a@b.org"),
        std::string("a.@b.org"), std::string("a..b@b.org"), std::string("a,b@b.org"),
        std::string("a@"), std::string("a@b c"), long_local}) {
    const auto got = parse_new_address(bad);
    ASSERT_FALSE(got.has_value()) << bad;
    EXPECT_EQ(got.error().remedy, Remedy::kPermanent);
  }
}

TEST(Address, TagsBeginAtTheFirstPlus) {
  EXPECT_EQ(without_tag("ann+a+b"), "ann");
  EXPECT_EQ(without_tag("ann+"), "ann");
  EXPECT_EQ(without_tag("ann"), std::nullopt);
  EXPECT_EQ(without_tag("+ann"), std::nullopt);
}

}  // namespace
}  // namespace hikyaku::directory
