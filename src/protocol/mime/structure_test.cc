// SPDX-License-Identifier: Apache-2.0
// Goal: IMAP sections name the right octets; the stored form reads back the same, and refuses
// every cut and every odd octet without harm.
#include "protocol/mime/structure.h"

#include <gtest/gtest.h>

#include "protocol/mime/summarizer.h"

namespace hikyaku::mime {
namespace {

// RFC 9051 §6.4.5.1, the example of part specifiers, with a body for each part.
constexpr std::string_view kExample =
    "Content-Type: multipart/mixed; boundary=a\r\nTo: x@y.test\r\n\r\n"
    "--a\r\n\r\n1\r\n"
    "--a\r\nContent-Type: application/octet-stream\r\n\r\n2\r\n"
    "--a\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: 3\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\n\r\n3.1\r\n"
    "--b\r\nContent-Type: application/octet-stream\r\n\r\n3.2\r\n--b--\r\n"
    "--a\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    "--c\r\nContent-Type: image/gif\r\n\r\n4.1\r\n"
    "--c\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: 4.2\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n"
    "--d\r\n\r\n4.2.1\r\n"
    "--d\r\nContent-Type: multipart/alternative; boundary=e\r\n\r\n"
    "--e\r\n\r\n4.2.2.1\r\n"
    "--e\r\nContent-Type: text/richtext\r\n\r\n4.2.2.2\r\n--e--\r\n--d--\r\n--c--\r\n--a--\r\n";

std::string section(std::string_view message, const std::vector<std::uint32_t>& numbers,
                    SectionText text) {
  const auto range = find_section(summarize(message).structure, numbers, text);
  if (!range) return "none";
  return std::string(message.substr(range->begin, range->end - range->begin));
}

TEST(Structure, NumbersNameParts) {
  using enum SectionText;
  struct Case {
    std::vector<std::uint32_t> numbers;
    std::string_view body;
  };
  for (const auto& c : std::vector<Case>{{{1}, "1"},
                                         {{2}, "2"},
                                         {{3, 1}, "3.1"},
                                         {{3, 2}, "3.2"},
                                         {{4, 1}, "4.1"},
                                         {{4, 2, 1}, "4.2.1"},
                                         {{4, 2, 2, 1}, "4.2.2.1"},
                                         {{4, 2, 2, 2}, "4.2.2.2"},
                                         {{5}, "none"},
                                         {{0}, "none"},
                                         {{1, 1}, "none"},
                                         {{3, 3}, "none"},
                                         {{4, 3}, "none"},
                                         {{4, 2, 2, 2, 1}, "none"}}) {
    EXPECT_EQ(section(kExample, c.numbers, kAll), c.body);
  }
  EXPECT_EQ(section(kExample, {}, kAll), kExample);
  EXPECT_EQ(section(kExample, {}, kHeader),
            "Content-Type: multipart/mixed; boundary=a\r\nTo: x@y.test\r\n\r\n");
  EXPECT_EQ(section(kExample, {}, kText), kExample.substr(kExample.find("--a")));
  EXPECT_EQ(section(kExample, {}, kMime), "none");
  EXPECT_EQ(section(kExample, {1}, kMime), "\r\n");
  EXPECT_EQ(section(kExample, {2}, kMime), "Content-Type: application/octet-stream\r\n\r\n");
  EXPECT_EQ(section(kExample, {2}, kHeader), "none");
  EXPECT_EQ(section(kExample, {4}, kText), "none");
  EXPECT_EQ(section(kExample, {3}, kMime), "Content-Type: message/rfc822\r\n\r\n");
  EXPECT_EQ(section(kExample, {3}, kHeader),
            "Subject: 3\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
  EXPECT_EQ(section(kExample, {3}, kAll),
            section(kExample, {3}, kHeader) + section(kExample, {3}, kText));
  EXPECT_TRUE(section(kExample, {3}, kText).ends_with("--b--"));
  EXPECT_EQ(section(kExample, {4, 1}, kMime), "Content-Type: image/gif\r\n\r\n");
}

TEST(Structure, AMessageWithoutPartsHasPartOne) {
  using enum SectionText;
  constexpr std::string_view kPlain = "Subject: x\r\n\r\nbody\r\n";
  EXPECT_EQ(section(kPlain, {1}, kAll), "body\r\n");
  EXPECT_EQ(section(kPlain, {1}, kMime), "Subject: x\r\n\r\n");
  EXPECT_EQ(section(kPlain, {2}, kAll), "none");
  EXPECT_EQ(section(kPlain, {1, 1}, kAll), "none");
  constexpr std::string_view kTwice =
      "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
      "x\r\n\r\nHello world\r\n";
  EXPECT_EQ(section(kTwice, {1, 1}, kAll), "Subject: x\r\n\r\nHello world\r\n");
  EXPECT_EQ(section(kTwice, {1, 1, 1}, kAll), "Hello world\r\n");
  EXPECT_EQ(section(kTwice, {1, 1}, kHeader), "Subject: x\r\n\r\n");
  EXPECT_EQ(section(kTwice, {1}, kHeader), "Content-Type: message/rfc822\r\n\r\n");
}

std::vector<std::string> samples() {
  return {std::string(kExample), "",
          "Content-Type: text/plain; name*=utf-8''%C3%A9; charset=x\r\n"
          "Content-Disposition: attachment; filename=\"a b\"\r\nContent-ID: <1>\r\n"
          "Content-Description: d\r\nContent-MD5: m\r\nContent-Location: l\r\n"
          "Content-Language: en,ja\r\nContent-Transfer-Encoding: x-odd\r\nSubject:\r\n"
          "Date: d\r\nIn-Reply-To: <r>\r\nMessage-ID: <m>\r\nFrom: \"A\" <@r.test:a@b.test>\r\n"
          "Sender: s@b.test\r\nReply-To: g: a@b.test;\r\nTo: t\r\nCc: <>\r\nBcc: b@c.test\r\n\r\n"
          "body"};
}

TEST(Structure, StoredFormsReadBackTheSame) {
  for (const auto& message : samples()) {
    const auto summary = summarize(message);
    const auto structure = decode_structure(encode(summary.structure));
    ASSERT_TRUE(structure) << structure.error().text;
    EXPECT_EQ(*structure, summary.structure);
    const auto envelope = decode_envelope(encode(summary.envelope));
    ASSERT_TRUE(envelope) << envelope.error().text;
    EXPECT_EQ(*envelope, summary.envelope);
  }
}

TEST(Structure, StoredFormsAreSmall) {
  const auto s = summarize("Content-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n").structure;
  EXPECT_LE(encode(s).size(), 32U);
}

TEST(Structure, DamagedFormsAreRefusedOrHarmless) {
  for (const auto& message : samples()) {
    const auto summary = summarize(message);
    const auto stored = encode(summary.structure);
    const auto envelope = encode(summary.envelope);
    for (std::size_t n = 0; n < stored.size(); ++n) {
      EXPECT_FALSE(decode_structure(std::string_view(stored).substr(0, n)));
    }
    for (std::size_t n = 0; n < envelope.size(); ++n) {
      EXPECT_FALSE(decode_envelope(std::string_view(envelope).substr(0, n)));
    }
    EXPECT_FALSE(decode_structure(stored + "x"));
    EXPECT_FALSE(decode_envelope(envelope + "x"));
    for (std::size_t n = 0; n < stored.size(); ++n) {
      for (const int bit : {1, 2, 0x80, 0xff}) {
        auto damaged = stored;
        damaged[n] = static_cast<char>(damaged[n] ^ bit);
        const auto read = decode_structure(damaged);
        if (read)
          (void)find_section(*read, std::vector<std::uint32_t>{1, 1, 1}, SectionText::kText);
      }
    }
  }
  const auto newer = decode_structure("\x02xyz");
  ASSERT_FALSE(newer);
  EXPECT_NE(newer.error().text.find("newer"), std::string::npos);
}

TEST(Structure, StoredDepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    Structure s;
    for (std::size_t i = 0; i < depth; ++i) {
      Structure outer{.root = {.type = "multipart", .subtype = "mixed"}};
      outer.root.children.push_back(std::move(s.root));
      s = std::move(outer);
    }
    return encode(s);
  };
  EXPECT_TRUE(decode_structure(nested(SummarizerLimits{}.depth_max)));
  EXPECT_FALSE(decode_structure(nested(1000)));
}

TEST(Structure, TellsFileNames) {
  const auto name = [](std::string_view header) {
    return summarize(std::string(header) + "\r\n\r\n").structure.root.file_name();
  };
  EXPECT_EQ(name("Content-Disposition: attachment; filename=\"=?utf-8?q?=C3=A9.txt?=\""), "é.txt");
  EXPECT_EQ(name("Content-Type: a/b; name=x; n=y"), "x");
  EXPECT_EQ(
      name("Content-Type: a/b; name=x\r\nContent-Disposition: inline; filename*=utf-8''%C3%A9"),
      "é");
  EXPECT_EQ(name("Content-Type: a/b"), "");
}

}  // namespace
}  // namespace hikyaku::mime
