// SPDX-License-Identifier: Apache-2.0
// Goal: base64 is a bijection within a limit; everything that is not the one text is refused.
#include "protocol/sasl/base64.h"

#include <gtest/gtest.h>

namespace hikyaku::sasl {
namespace {

TEST(Base64, Rfc4648Section10) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [octets, text] : vectors) {
    EXPECT_EQ(base64_encode(octets), text);
    EXPECT_EQ(base64_decode(text, 100).value(), octets);
  }
}

TEST(Base64, EveryOctetAtEveryPlace) {
  for (std::size_t length = 1; length <= 4; ++length) {
    for (int value = 0; value < 256; ++value) {
      for (std::size_t place = 0; place < length; ++place) {
        std::string octets(length, 'k');
        octets[place] = static_cast<char>(value);
        ASSERT_EQ(base64_decode(base64_encode(octets), length).value(), octets);
      }
    }
  }
}

TEST(Base64, RefusesWhatIsNotTheOneText) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg===", "=", "==", "====", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n",
        "Zm9v=", "Zg==Zg==", "Zm=v", "Zm9-", "Zm9_", "Zm9\x80"}) {
    EXPECT_FALSE(base64_decode(text, 100)) << text;
  }
}

TEST(Base64, HoldsTheLimit) {
  EXPECT_TRUE(base64_decode("Zm9vYg==", 4));
  EXPECT_FALSE(base64_decode("Zm9vYg==", 3));
}

}  // namespace
}  // namespace hikyaku::sasl
