// SPDX-License-Identifier: Apache-2.0
// Goal: encoded words become what people meant to write, and what we write reads back the same.
#include "protocol/mime/encoded_word.h"

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "protocol/mime/charset.h"

namespace hikyaku::mime {
namespace {

struct Case {
  std::string_view in;
  std::string_view out;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"", ""},
      {"plain  text ", "plain  text"},
      // RFC 2047 §8
      {"=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>"},
      {"=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>",
       "Keld Jørn Simonsen <keld@dkuug.dk>"},
      {"=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>",
       "André Pirard <PIRARD@vm1.ulg.ac.be>"},
      {"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n "
       "=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
       "If you can read this you understand the example."},
      {"(=?ISO-8859-1?Q?a?=)", "(a)"},
      {"(=?ISO-8859-1?Q?a?= b)", "(a b)"},
      {"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
      {"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"},
      {"(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "(ab)"},
      {"(=?ISO-8859-1?Q?a_b?=)", "(a b)"},
      {"(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"},
      // RFC 2231 §5
      {"=?US-ASCII*EN?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>"},
      // A character cut in two, as many mailers do.
      {"=?utf-8?B?5pel5pw=?= =?utf-8?B?rA==?=", "日本"},
      {"=?utf-8?Q?=E6=97?= =?utf-8?B?pQ==?=", "日"},
      {"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"},
      {"Re: =?utf-8?q?=C3=A9?=", "Re: é"},
      // The wild
      {"=?utf-8?Q?spaces inside the word?=", "spaces inside the word"},
      {"=?utf-8?Q?a?=b=?utf-8?Q?c?=", "abc"},
      {"=?utf-8?Q?trailing_?=", "trailing "},
      {"=?utf-8?Q?=41=?=", "A="},
      {"=?utf-8?Q?"
       "?=",
       ""},
      {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
      {"=?utf-8?Q?never closed", "=?utf-8?Q?never closed"},
      {"=?utf-8?Q", "=?utf-8?Q"},
      {"=?"
       "?Q?a?=",
       "=?"
       "?Q?a?="},
      {"=? =?utf-8?Q?a?=", "=? a"},
      {"=?x-unknown?Q?caf=E9?=", "café"},
      {"8bit \xc3\xa9", "8bit é"},
      {"8bit \xe9", "8bit é"},
      {"=?utf-8?Q?a=0D=0AX:_y=00?=", "a  X: y "},
  };
  return all;
}

TEST(EncodedWord, DecodesForPeople) {
  for (const auto& [in, out] : cases()) EXPECT_EQ(decode_words(in), out) << in;
}

TEST(EncodedWord, AnyCutIsOneLineOfValidUtf8) {
  for (const auto& c : cases()) {
    for (std::size_t n = 0; n <= c.in.size(); ++n) {
      const auto text = decode_words(c.in.substr(0, n));
      EXPECT_TRUE(is_utf8(text));
      EXPECT_EQ(text.find_first_of(std::string_view("\r\n\0", 3)), std::string::npos);
    }
  }
}

TEST(EncodedWord, OpeningsWithoutEndStayLinear) {
  for (const std::string_view piece : {"=?", "=?a?Q?", "=?a?B?x?", "?="}) {
    std::string in;
    while (in.size() < 300'000) in += piece;
    EXPECT_TRUE(is_utf8(decode_words(in)));
  }
}

TEST(EncodedWord, WhatWeWriteReadsBackTheSame) {
  for (const std::string_view text :
       {"plain text", "naïve café", "日本語の件名がとても長いときは、いくつかの語に分けて書かれる",
        "one é two three ö four", "looks like =?utf-8?Q?a?= word", "é  double  space  é",
        "comma, and (é)", "🏳️‍🌈 flag"}) {
    for (const auto context : {WordContext::kText, WordContext::kPhrase}) {
      const auto encoded = encode_words(text, context);
      EXPECT_EQ(decode_words(encoded), text) << encoded;
      for (std::size_t at = 0; at < encoded.size();) {
        const auto space = std::min(encoded.find(' ', at), encoded.size());
        EXPECT_LE(space - at, 75U) << encoded;  // RFC 2047 §2
        const auto word = std::string_view(encoded).substr(at, space - at);
        // RFC 2047 §5: each word alone is whole text.
        if (word.starts_with("=?"))
          EXPECT_EQ(decode_words(word).find("\xEF\xBF\xBD"), std::string::npos);
        at = space + 1;
      }
      for (const char c : encoded) EXPECT_TRUE(c >= ' ' && c < 0x7f);
    }
  }
  EXPECT_EQ(encode_words("plain, text", WordContext::kText), "plain, text");
  EXPECT_EQ(encode_words("a\r\nBcc: x", WordContext::kText), "a  Bcc: x");
}

}  // namespace
}  // namespace hikyaku::mime
