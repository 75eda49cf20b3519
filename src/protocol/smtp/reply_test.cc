// SPDX-License-Identifier: Apache-2.0
// Goal: replies on the wire are what RFC 5321 §4.2 and RFC 2034 want, whatever stands in their
// text; the table of reasons agrees with itself.
#include "protocol/smtp/reply.h"

#include <gtest/gtest.h>

#include <set>

#include "protocol/smtp/reason.h"
#include "protocol/smtp/xtext.h"

namespace hikyaku::smtp {
namespace {

std::string wire(const Reply& reply, Enhanced enhanced = Enhanced::kWrite) {
  std::string out;
  append_wire(reply, enhanced, out);
  return out;
}

TEST(Reply, OnTheWire) {
  EXPECT_EQ(wire({250, {2, 1, 0}, "ok"}), "250 2.1.0 ok\r\n");
  EXPECT_EQ(wire({250, {2, 1, 0}, "ok"}, Enhanced::kOmit), "250 ok\r\n");
  EXPECT_EQ(wire({354, {}, "go"}), "354 go\r\n");
  EXPECT_EQ(wire({550, {5, 7, 1}, "a\nb\nc"}), "550-5.7.1 a\r\n550-5.7.1 b\r\n550 5.7.1 c\r\n");
  EXPECT_EQ(wire({250, {}, ""}), "250 \r\n");
  EXPECT_EQ(wire({550, {}, "evil\r250 x \xff\x7f"}), "550 evil?250 x ??\r\n");
}

TEST(Reply, LongLinesAreCut) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "word ";
  const std::string out = wire({550, {5, 7, 1}, text + std::string(1200, 'x')});
  std::size_t at = 0;
  while (at < out.size()) {
    const std::size_t end = out.find("\r\n", at);
    ASSERT_LE(end + 2 - at, 512U);  // RFC 5321 §4.5.3.1.5
    EXPECT_EQ(out.substr(at, 3), "550");
    EXPECT_EQ(out[at + 3], end + 2 == out.size() ? ' ' : '-');
    at = end + 2;
  }
}

TEST(Reply, EnhancedStatus) {
  const std::pair<std::string_view, std::string> kGood[] = {
      {"5.1.1", "5.1.1"}, {"4.7.26 x", "4.7.26"}, {"2.0.0 ", "2.0.0"}, {"5.999.999", "5.999.999"}};
  for (const auto& [in, out] : kGood) {
    ASSERT_TRUE(parse_enhanced(in)) << in;
    EXPECT_EQ(parse_enhanced(in)->text(), out);
  }
  for (const auto* bad : {"", "5", "5.1", "5.1.", "3.1.1", "5.1.1x", "5.1000.1", "5.1.1000",
                          "5.01.1", "x5.1.1", "5.1.1.1", "5..1", "192.0.2.1"}) {
    EXPECT_FALSE(parse_enhanced(bad)) << bad;
  }
}

TEST(Reason, TableAgreesWithItself) {
  std::set<std::string_view> ids;
  for (const Reason* reason : reasons()) {
    EXPECT_TRUE(ids.insert(reason->id).second) << reason->id << " stands there twice";
    EXPECT_TRUE(reason->id.starts_with("HK-"));
    EXPECT_EQ(reason->enhanced.class_, reason->code / 100) << reason->id;
    EXPECT_FALSE(reason->text.empty() || reason->text.ends_with('.')) << reason->id;
    EXPECT_EQ(find_reason(reason->id), reason);
    const Reply reply = refusal(*reason, "<x@y.example>");
    EXPECT_EQ(reason_id_in(reply.text), reason->id);
  }
  EXPECT_GE(ids.size(), 60U);
  EXPECT_EQ(find_reason("HK-NONE"), nullptr);
  EXPECT_EQ(reason_id_in("no reason"), "");
  EXPECT_EQ(reason_id_in("[HK-open"), "");
}

// A failure of ours is never a 5yz.
TEST(Reason, OurFailuresPass) {
  for (const Reason* reason : {&reason::kInternal, &reason::kStoreBusy, &reason::kDiskFull,
                               &reason::kTooBusy, &reason::kShuttingDown, &reason::kTimeout,
                               &reason::kDirectoryBusy, &reason::kAuthBackend}) {
    EXPECT_EQ(reason->code / 100, 4) << reason->id;
  }
}

TEST(Reason, Text) {
  EXPECT_EQ(refusal(reason::kRcptUnknown, "<x@y>").one_line(),
            "550 5.1.1 <x@y>: no such mailbox here [HK-RCPT-UNKNOWN]");
}

// RFC 3461 §4
TEST(Xtext, BothWays) {
  EXPECT_EQ(xtext_encode("a+b=c d"), "a+2Bb+3Dc+20d");
  EXPECT_EQ(xtext_decode("a+2Bb+3Dc+20d"), "a+b=c d");
  for (int c = 0; c < 256; ++c) {
    const std::string one(1, static_cast<char>(c));
    EXPECT_EQ(xtext_decode(xtext_encode(one)), one);
  }
  for (const auto* bad : {"a b", "a=b", "+", "+2", "+2b", "+GG", "\xff", "a\x01"}) {
    EXPECT_FALSE(xtext_decode(bad)) << bad;
  }
}

}  // namespace
}  // namespace hikyaku::smtp
