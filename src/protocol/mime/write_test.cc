// SPDX-License-Identifier: Apache-2.0
// Goal: messages of ours keep every rule of RFC 5322 and MIME, cannot be injected into, and read
// back as what was written.
#include "protocol/mime/write.h"

#include <gtest/gtest.h>

#include "protocol/mime/encoded_word.h"
#include "protocol/mime/header.h"
#include "protocol/mime/summarizer.h"

namespace hikyaku::mime {
namespace {

void check_lines(std::string_view message, std::size_t octets_max) {
  for (std::size_t at = 0; at < message.size();) {
    const auto lf = message.find('\n', at);
    ASSERT_NE(lf, std::string_view::npos);
    ASSERT_TRUE(lf > 0 && message[lf - 1] == '\r');
    EXPECT_LE(lf - 1 - at, octets_max);
    for (auto i = at; i + 1 < lf; ++i) {
      EXPECT_TRUE(message[i] != '\r' && static_cast<unsigned char>(message[i]) < 0x80);
    }
    at = lf + 1;
  }
}

TEST(Write, FoldsAtWhiteSpace) {
  EXPECT_EQ(fold_field("Subject", "short"), "Subject: short\r\n");
  EXPECT_EQ(fold_field("Subject", ""), "Subject: \r\n");
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word" + std::to_string(i) + " ";
  const auto folded = fold_field("Subject", words);
  check_lines(folded, 78);
  EXPECT_EQ(field_text(folded, "Subject"), trim(words));
  check_lines(fold_field("Subject", std::string(3000, 'x')), 998);
}

TEST(Write, NobodyInjectsAField) {
  for (const std::string_view evil :
       {"x\r\nBcc: a@b.test", "x\nBcc: a@b.test", "x\rBcc: a@b.test", "x\r\n\r\nbody"}) {
    MessageWriter w;
    w.field("A", evil).text_field("B", evil);
    w.address_field("C", {{.name = std::string(evil), .local_part = "a", .domain = "b.test"}});
    const auto message = std::move(w).text_body("text");
    EXPECT_EQ(find_field(message, "Bcc"), std::nullopt);
    EXPECT_TRUE(message.ends_with("\r\n\r\ntext\r\n"));
  }
}

TEST(Write, TextBodiesReadBackTheSame) {
  for (const std::string& text :
       {std::string("plain\r\ntext\r\n"), std::string("ünï\r\n"), std::string("日本語の本文\r\n"),
        std::string(500, 'x') + "\r\n", std::string(".\r\nFrom a\r\n"), std::string()}) {
    MessageWriter w;
    w.text_field("Subject", "Ünzustellbar: 配達できません");
    const auto message = std::move(w).text_body(text);
    check_lines(message, 78);
    const auto s = summarize(message);
    EXPECT_EQ(decode_words(*s.envelope.subject), "Ünzustellbar: 配達できません");
    EXPECT_EQ(decode_transfer(s.structure.root.encoding,
                              std::string_view(message).substr(s.header_octets)),
              text);
  }
}

TEST(Write, BuildsMultiparts) {
  MessageWriter w;
  w.field("Date", "Fri, 21 Nov 1997 09:55:06 -0600");
  w.address_field("From", {{.name = "Jörg, Mail Delivery", .local_part = "a", .domain = "b.test"}});
  w.address_field("To", parse_addresses("g: x@y.test, \"Q, R\" <q@r.test>;"));
  w.begin_multipart("report", "=_b1", "; report-type=delivery-status");
  w.text_part("text/plain", "Grüße\n", "Notification");
  w.raw_part("message/delivery-status", TransferEncoding::k7Bit, "Reporting-MTA: dns; x.test\r\n");
  w.raw_part("message/rfc822", TransferEncoding::k7Bit, "Subject: returned\r\n\r\nbody\r\n");
  w.attachment("application/octet-stream", "日本.bin", std::string_view("\0\1\2", 3));
  const auto message = std::move(w).finish();
  check_lines(message, 78);
  const auto s = summarize(message);
  const auto& root = s.structure.root;
  EXPECT_EQ(root.subtype, "report");
  EXPECT_EQ(*find_parameter(root.parameters, "report-type"), "delivery-status");
  ASSERT_EQ(root.children.size(), 4U);
  EXPECT_EQ(root.children[0].description, "Notification");
  const auto part = [&](std::size_t i) {
    const auto& p = root.children[i];
    return decode_transfer(p.encoding, std::string_view(message).substr(p.body_begin, p.octets()));
  };
  EXPECT_EQ(part(0), "Grüße\r\n");
  EXPECT_EQ(part(1), "Reporting-MTA: dns; x.test\r\n");
  EXPECT_EQ(root.children[2].envelope->subject, "returned");
  EXPECT_EQ(part(3), std::string_view("\0\1\2", 3));
  EXPECT_EQ(root.children[3].file_name(), "日本.bin");
  ASSERT_EQ(s.envelope.from.size(), 1U);
  EXPECT_EQ(decode_words(*s.envelope.from[0].name), "Jörg, Mail Delivery");
  EXPECT_EQ(s.envelope.to, parse_addresses("g: x@y.test, \"Q, R\" <q@r.test>;"));
}

}  // namespace
}  // namespace hikyaku::mime
