// SPDX-License-Identifier: Apache-2.0
// Goal: text of the charsets that mail uses becomes valid UTF-8, in any chunking; the unknown is
// guessed; nothing fails.
#include "protocol/mime/charset.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace hikyaku::mime {
namespace {

struct Case {
  std::string_view charset;
  std::string_view in;
  std::string_view out;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"utf-8", "\xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80", "日本 😀"},
      {"UTF-8", "a\xff\xc3(b\xe6\x97", "a\xEF\xBF\xBD\xEF\xBF\xBD(b\xEF\xBF\xBD"},
      {"utf-8", "\xed\xa0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},  // a surrogate
      {"utf-8", "\xc0\xaf", "\xEF\xBF\xBD\xEF\xBF\xBD"},                  // overlong
      {"iso-8859-1", "caf\xe9 \x80", "café €"},
      {"ISO-8859-15", "\xa4", "€"},
      {"windows-1251", "\xcf\xf0\xe8", "При"},
      {"koi8-r", "\xf0\xd2\xc9", "При"},
      {"ISO-2022-JP", "\x1b$BF|K\\\x1b(B!", "日本!"},
      {"Shift_JIS", "\x93\xfa\x96{\x87\x40", "日本①"},
      {"EUC-JP", "\xc6\xfc\xcb\xdc", "日本"},
      {"gb2312", "\xc4\xe3\xba\xc3", "你好"},
      {"GB18030", "\xc4\xe3\x81\x30\x81\x30", "你\xc2\x80"},
      {"big5", "\xa7\x41\xa6\x6e", "你好"},
      {"euc-kr", "\xc7\xd1\xb1\xdb", "한글"},
      {"ks_c_5601-1987", "\xc7\xd1", "한"},
      {"utf-7", "+ZeVnLIqe-!", "日本語!"},
      {"utf-16", std::string_view("\xfe\xff\xd8\x3d\xde\x00", 6), "😀"},
      {"hz-gb-2312", "~{VPND~}", "中文"},
      // Guessed
      {"us-ascii", "caf\xc3\xa9", "café"},
      {"us-ascii", "caf\xe9", "café"},
      {"", "caf\xc3\xa9", "café"},
      {"x-unknown", "caf\xe9", "café"},
      {"no such, thing=1", "\x93q\x94", "“q”"},
  };
  return all;
}

TEST(Charset, BecomesUtf8) {
  for (const auto& c : cases()) EXPECT_EQ(to_utf8(c.charset, c.in), c.out) << c.charset;
}

TEST(Charset, IsTheSameInAnyChunking) {
  for (const auto& c : cases()) {
    for (std::size_t chunk = 1; chunk <= c.in.size(); ++chunk) {
      CharsetDecoder d(c.charset);
      std::string out;
      for (std::size_t i = 0; i < c.in.size(); i += chunk) d.decode(c.in.substr(i, chunk), out);
      d.finish(out);
      EXPECT_EQ(out, c.out) << c.charset << " by " << chunk;
    }
  }
}

TEST(Charset, GuessesFromTheSameOctetsWhateverTheChunking) {
  // Latin-1 that looks like UTF-8 until after the window; the window cuts a character.
  for (const std::size_t lead : {0U, 1U}) {
    std::string in(lead, '\xe9');
    while (in.size() < 2 * CharsetDecoder::kGuessOctets) in += "\xc3\xa9";
    in += "\xe9 end";
    const auto whole = to_utf8("us-ascii", in);
    EXPECT_TRUE(is_utf8(whole));
    for (const std::size_t chunk : {1U, 7U, 1000U, 1023U, 1025U}) {
      CharsetDecoder d("us-ascii");
      std::string out;
      for (std::size_t i = 0; i < in.size(); i += chunk) {
        d.decode(std::string_view(in).substr(i, chunk), out);
      }
      d.finish(out);
      EXPECT_EQ(out, whole);
    }
  }
}

TEST(Charset, AnyOctetsInAnyCharsetAreValidUtf8) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  for (int i = 255; i >= 0; --i) all.push_back(static_cast<char>(i));
  for (const auto& c : cases()) {
    EXPECT_TRUE(is_utf8(to_utf8(c.charset, all))) << c.charset;
    for (std::size_t n = 0; n < all.size(); ++n) {
      ASSERT_TRUE(is_utf8(to_utf8(c.charset, std::string_view(all).substr(n)))) << c.charset;
    }
  }
}

TEST(Charset, KnowsWhatItKnows) {
  for (const auto name : {"utf-8", "US-ASCII", "iso-8859-1", "ISO-2022-JP", "gb2312", "KOI8-R"}) {
    EXPECT_TRUE(charset_known(name)) << name;
  }
  for (const auto name : {"", "x-unknown", "utf-8,version=1", "a b", "lmbcs-1", "SCSU"}) {
    EXPECT_FALSE(charset_known(name)) << name;
  }
}

}  // namespace
}  // namespace hikyaku::mime
