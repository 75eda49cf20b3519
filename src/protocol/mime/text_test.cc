// SPDX-License-Identifier: Apache-2.0
// Goal: search finds what people see, wherever it stands and however it is encoded and cut, and
// nothing across the borders of parts.
#include "protocol/mime/text.h"

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "protocol/mime/charset.h"
#include "protocol/mime/summarizer.h"

namespace hikyaku::mime {
namespace {

TEST(Text, FoldsLikeUnicodeSays) {
  struct Case {
    std::string_view in;
    std::string_view out;
  };
  for (const auto& [in, out] : std::vector<Case>{
           {"", ""},
           {"Hello", "hello"},
           {"STRASSE Straße", "strasse strasse"},
           {"ﬁ Ａ ①", "fi a 1"},
           {"ｶﾞｷﾞ", "ガギ"},
           {"E\xcc\x81", "é"},
           {"É", "é"},
           {"ΣΊΣΥΦΟΣ", "σίσυφοσ"},
           {"so\xc2\xad"
            "ft",
            "soft"},
       }) {
    EXPECT_EQ(fold_text(in), out);
  }
}

TEST(Text, FoldingByPiecesIsTheSame) {
  std::string text = "ＡE\xcc\x81x\xcc\x82\xcc\xa3 ｶﾞ日本Straße 한글 각 end";
  for (int i = 0; i < 3; ++i) text += text;
  const auto whole = fold_text(text);
  for (std::size_t chunk = 1; chunk < text.size(); ++chunk) {
    TextFolder folder;
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += chunk) {
      folder.fold(std::string_view(text).substr(i, chunk), out);
    }
    folder.finish(out);
    ASSERT_EQ(out, whole) << chunk;
  }
}

TEST(Text, FoldingHoldsBackLittle) {
  TextFolder folder;
  std::string out;
  std::string marks;
  for (int i = 0; i < 10'000; ++i) marks += "\xcc\x81";
  for (int i = 0; i < 10; ++i) folder.fold(marks, out);
  EXPECT_GT(out.size(), 10 * marks.size() - 2 * kFoldHeldOctetsMax);
  folder.finish(out);
  EXPECT_EQ(out.size(), 10 * marks.size());
}

TEST(Text, MatchesInAnyChunking) {
  const std::string text = "Der Größte Fuß geht über 日本の山 und zurück.";
  const std::vector<std::string> needles = {"GRÖSSTE", "fuss", "日本の", "absent",
                                            "ZURÜCK.", "D",    "",       "FuSS geHT üBER"};
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    TextMatcher matcher(needles);
    for (std::size_t i = 0; i < text.size(); i += chunk) {
      matcher.push(std::string_view(text).substr(i, chunk));
    }
    matcher.end_of_text();
    for (std::size_t i = 0; i < needles.size(); ++i) {
      EXPECT_EQ(matcher.matched(i), needles[i] != "absent") << needles[i] << " by " << chunk;
    }
    EXPECT_FALSE(matcher.all_matched());
  }
}

TEST(Text, NoMatchCrossesTheEndOfAText) {
  TextMatcher matcher({"ab"});
  matcher.push("a");
  matcher.end_of_text();
  matcher.push("b");
  matcher.end_of_text();
  EXPECT_FALSE(matcher.all_matched());
  matcher.push("xab");
  matcher.end_of_text();
  EXPECT_TRUE(matcher.all_matched());
}

TEST(Text, ContainsIsASubstring) {
  EXPECT_TRUE(text_contains("Grüße", "ÜSS"));
  EXPECT_TRUE(text_contains("x", ""));
  EXPECT_FALSE(text_contains("Grüße", "gruss"));
}

constexpr std::string_view kMessage =
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\tfolded\r\n"
    "From: Root Sender <r@s.test>\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "preamble\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nsoft=\r\nbreak =E6=97=\r\n=A5=E6=9C=AC\r\n"
    "--b\r\nContent-Type: text/html; charset=iso-2022-jp\r\nContent-Transfer-Encoding: base64\r\n"
    "\r\nGyRCRnxLXBso\r\nQg==\r\n"
    "--b\r\nContent-Type: application/pdf\r\n"
    "Content-Disposition: attachment; filename*=utf-8''r%C3%A9sum%C3%A9\r\n\r\nopaque\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner one\r\n\r\ninner body\r\n--b--\r\n";

std::vector<std::string> texts(std::string_view message, TextScope scope, std::size_t chunk) {
  const auto summary = summarize(message);
  TextExtractor extractor(summary.structure, scope);
  std::vector<std::string> out(1);
  const auto sink = [&](std::string_view text, TextExtractor::Piece piece) {
    out.back() += text;
    if (piece == TextExtractor::Piece::kEnd) out.emplace_back();
  };
  for (std::size_t i = 0; i < message.size(); i += chunk) {
    extractor.push(message.substr(i, chunk), sink);
  }
  extractor.finish(sink);
  EXPECT_EQ(out.back(), "");
  out.pop_back();
  return out;
}

TEST(Text, ExtractsWhatPeopleRead) {
  const std::vector<std::string> body = {"Content-Type: text/plain; charset=utf-8",
                                         "Content-Transfer-Encoding: quoted-printable",
                                         "softbreak 日本",
                                         "Content-Type: text/html; charset=iso-2022-jp",
                                         "Content-Transfer-Encoding: base64",
                                         "日本",
                                         "Content-Type: application/pdf",
                                         "Content-Disposition: attachment; "
                                         "filename*=utf-8''r%C3%A9sum%C3%A9",
                                         "résumé",
                                         "Content-Type: message/rfc822",
                                         "Subject: inner one",
                                         "inner body"};
  EXPECT_EQ(texts(kMessage, TextScope::kBody, kMessage.size()), body);
  auto text = body;
  text.insert(text.begin(), {"Subject: Grüße\tfolded", "From: Root Sender <r@s.test>",
                             "Content-Type: multipart/mixed; boundary=b"});
  EXPECT_EQ(texts(kMessage, TextScope::kText, kMessage.size()), text);
  for (std::size_t chunk = 1; chunk < kMessage.size(); ++chunk) {
    ASSERT_EQ(texts(kMessage, TextScope::kText, chunk), text) << chunk;
  }
}

TEST(Text, AMessageShorterThanItsStructureEnds) {
  const auto summary = summarize(kMessage);
  for (std::size_t n = 0; n < kMessage.size(); ++n) {
    TextExtractor extractor(summary.structure, TextScope::kText);
    std::string all;
    const auto sink = [&](std::string_view text, TextExtractor::Piece) { all += text; };
    extractor.push(kMessage.substr(0, n), sink);
    extractor.finish(sink);
    EXPECT_TRUE(is_utf8(all));
  }
}

}  // namespace
}  // namespace hikyaku::mime
