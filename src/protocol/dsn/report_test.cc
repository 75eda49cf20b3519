// SPDX-License-Identifier: Apache-2.0
// Goal: a report says to people what happened and to programs what RFC 3464 wants, in either
// language, and nothing in a remote's reply can break its shape.
#include "protocol/dsn/report.h"

#include <gtest/gtest.h>

#include "protocol/mime/transfer_encoding.h"

namespace hikyaku::dsn {
namespace {

constexpr UnixTime kTime{std::chrono::seconds(1795495140)};

Request request() {
  Request r;
  r.sender = {"a", "x.example"};
  r.reporting_host = "mx.example.org";
  r.id = "r1";
  r.boundary = "b0undary";
  r.envelope_id = "env7";
  r.tracking = "7ZZZZ";
  r.arrival = kTime;
  r.now = kTime + std::chrono::hours(1);
  r.original_headers =
      "Received: from somewhere\r\n\tby us\r\nsubject: hello\r\n there\r\n"
      "Message-ID: <m1@x.example>\r\n";
  Recipient failed;
  failed.address = {"b", "y.example"};
  failed.original = "rfc822;bee@y.example";
  failed.reply = {550, {5, 1, 1}, "no such\nuser"};
  failed.remote_host = "mx.y.example";
  failed.last_attempt = r.now;
  r.recipients = {failed};
  return r;
}

std::string explain(const smtp::Reply& reply, Language language) {
  if (reply.enhanced.detail != 1) return "";
  return language == Language::kEnglish ? "There is no such mailbox.\nCheck the address."
                                        : "その宛先はありません。";
}

TEST(Report, Failure) {
  const Report report = build(request(), explain);
  EXPECT_FALSE(report.original_between);
  EXPECT_EQ(report.tail, "");
  const std::string& text = report.head;
  for (const char* expected :
       {"From: \"Mail delivery\" <mailer-daemon@mx.example.org>\r\n", "To: <a@x.example>\r\n",
        "Subject: Your message could not be delivered\r\n", "Message-ID: <r1@mx.example.org>\r\n",
        "In-Reply-To: <m1@x.example>\r\n", "Auto-Submitted: auto-replied\r\n",
        "Date: Tue, 24 Nov 2026 05:39:00 +0000\r\n", "Content-Type: multipart/report;",
        "report-type=delivery-status", "boundary=\"b0undary\"",
        "It is about your message \"hello there\" of Tue, 24 Nov 2026 04:39:00 +0000.\r\n",
        "It could not be delivered to the recipients below, and will not be tried\r\nagain.\r\n\r\n"
        "  <b@y.example>\r\n    mx.y.example said: 550 5.1.1 no such user\r\n"
        "    There is no such mailbox.\r\n    Check the address.\r\n",
        "give the tracking number 7ZZZZ.", "Content-Type: message/delivery-status\r\n",
        "Original-Envelope-Id: env7\r\nReporting-MTA: dns;mx.example.org\r\n"
        "Arrival-Date: Tue, 24 Nov 2026 04:39:00 +0000\r\nX-Tracking-Number: 7ZZZZ\r\n\r\n"
        "Original-Recipient: rfc822;bee@y.example\r\nFinal-Recipient: rfc822;b@y.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns;mx.y.example\r\n"
        "Diagnostic-Code: smtp;550 5.1.1 no such user\r\n"
        "Last-Attempt-Date: Tue, 24 Nov 2026 05:39:00 +0000\r\n",
        "Content-Type: text/rfc822-headers\r\n",
        "subject: hello\r\n there\r\nMessage-ID: <m1@x.example>\r\n", "\r\n--b0undary--\r\n"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\nis not in\n" << text;
  }
}

// RFC 6533 §4.
TEST(Report, OfAnInternationalizedMessage) {
  Request r = request();
  r.sender = {"飛脚", "x.example"};
  r.smtputf8 = true;
  r.recipients[0].address = {"é", "y.example"};
  r.recipients[0].original = "utf-8;e\u0301@y.example";
  r.recipients[0].reply.text = "keine Post für é";
  r.original_headers += "X-Note: 東京\r\n";
  auto text = build(r, explain).head;
  for (const char* expected :
       {"To: <飛脚@x.example>\r\n", "Content-Transfer-Encoding: 8bit\r\n",
        "Content-Type: message/global-delivery-status\r\n",
        "Original-Recipient: utf-8;e\u0301@y.example\r\nFinal-Recipient: utf-8;é@y.example\r\n",
        "Diagnostic-Code: smtp;550 5.1.1 keine Post für é\r\n",
        "Content-Type: message/global-headers\r\nContent-Transfer-Encoding: 8bit\r\n",
        "X-Note: 東京\r\n"})
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\nis not in\n" << text;
  r.what = Return::kFull;
  text = build(r, explain).head;
  EXPECT_NE(text.find("Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n"),
            std::string::npos)
      << text;
  // In the ASCII form addresses are said in ASCII.
  r.what = Return::kHeaders;
  r.sender = {"a", "x.example"};
  r.smtputf8 = false;
  text = build(r, explain).head;
  const auto status = text.substr(text.find("Content-Type: message/delivery-status"));
  EXPECT_NE(status.find("Original-Recipient: utf-8;e\\x{301}@y.example\r\n"
                        "Final-Recipient: utf-8;\\x{E9}@y.example\r\n"),
            std::string::npos)
      << status;
  for (const char c : text) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

TEST(Report, LinesAreShortAndEndInCrlf) {
  Request r = request();
  r.recipients[0].reply.text = std::string(3000, 'x') + " \xff\x01 " + std::string(500, 'y');
  r.original_headers += "X-Long: " + std::string(2000, 'z') + "\xe9\r\n";
  for (const Language language : {Language::kEnglish, Language::kJapanese}) {
    r.language = language;
    const std::string text = build(r, explain).head;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = text.find('\n', at);
      ASSERT_NE(end, std::string::npos);
      ASSERT_TRUE(end > 0 && text[end - 1] == '\r') << "bare LF";
      EXPECT_LE(end + 1 - at, 1000U) << text.substr(at, 60);
      at = end + 1;
    }
    for (const char c : text) ASSERT_LT(static_cast<unsigned char>(c), 0x80);
  }
}

TEST(Report, Delay) {
  Request r = request();
  r.recipients[0].action = Action::kDelayed;
  r.recipients[0].reply = {0, {4, 4, 1}, "connection refused"};
  r.recipients[0].remote_host.clear();
  r.recipients[0].retry_until = kTime + std::chrono::hours(120);
  const std::string text = build(r, {}).head;
  for (const char* expected :
       {"Subject: Your message is delayed (no need to send it again)\r\n",
        "    Reason: 4.4.1 connection refused\r\n",
        "    It is tried until: Sun, 29 Nov 2026 04:39:00 +0000\r\n", "Action: delayed\r\n",
        "Status: 4.4.1\r\n", "Diagnostic-Code: x-hikyaku;connection refused\r\n",
        "Will-Retry-Until: Sun, 29 Nov 2026 04:39:00 +0000\r\n"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\nis not in\n" << text;
  }
}

TEST(Report, StatusFitsTheAction) {
  struct Case {
    Action action;
    smtp::Reply reply;
    const char* expected;
  };
  const Case kCases[] = {
      {Action::kFailed, {550, {5, 7, 1}, ""}, "Action: failed\r\nStatus: 5.7.1\r\n"},
      {Action::kFailed, {550, {}, ""}, "Status: 5.0.0\r\n"},
      {Action::kFailed, {451, {4, 2, 1}, ""}, "Status: 4.2.1\r\n"},  // its time was up
      {Action::kFailed, {0, {}, "x"}, "Status: 5.0.0\r\n"},
      {Action::kDelayed, {550, {5, 1, 1}, ""}, "Action: delayed\r\nStatus: 4.0.0\r\n"},
      {Action::kDelivered, {250, {2, 1, 5}, ""}, "Action: delivered\r\nStatus: 2.1.5\r\n"},
      {Action::kRelayed, {250, {}, ""}, "Action: relayed\r\nStatus: 2.0.0\r\n"},
      {Action::kExpanded, {0, {}, ""}, "Action: expanded\r\nStatus: 2.0.0\r\n"},
  };
  for (const Case& c : kCases) {
    Request r = request();
    r.recipients[0].action = c.action;
    r.recipients[0].reply = c.reply;
    const std::string text = build(r, explain).head;
    EXPECT_NE(text.find(c.expected), std::string::npos) << c.expected << "\nis not in\n" << text;
  }
}

TEST(Report, WholeMessageGoesBetween) {
  Request r = request();
  r.what = Return::kFull;
  r.original_eight_bit = true;
  const Report report = build(r, explain);
  EXPECT_TRUE(report.original_between);
  EXPECT_NE(report.head.find("Content-Transfer-Encoding: 8bit\r\n"), std::string::npos);
  EXPECT_NE(report.head.find("Content-Type: message/rfc822\r\n"), std::string::npos);
  EXPECT_TRUE(report.head.ends_with("\r\n\r\n")) << "the message follows";
  EXPECT_EQ(report.tail, "\r\n--b0undary--\r\n");
}

TEST(Report, HeadersThatAreNotAscii) {
  Request r = request();
  r.original_headers = "Subject: caf\xc3\xa9\r\n";
  const std::string text = build(r, explain).head;
  EXPECT_NE(text.find("text/rfc822-headers; charset=utf-8\r\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Subject: caf=C3=A9\r\n"), std::string::npos) << text;
}

TEST(Report, Japanese) {
  Request r = request();
  r.language = Language::kJapanese;
  const std::string text = build(r, explain).head;
  const std::size_t part = text.find("base64\r\n");
  ASSERT_NE(part, std::string::npos) << text;
  const std::size_t begin = text.find("\r\n\r\n", part) + 4;
  const std::string body = mime::decode_transfer(
      mime::TransferEncoding::kBase64, text.substr(begin, text.find("\r\n--", begin) - begin));
  for (const char* expected :
       {"次の宛先には配達できませんでした。", "その宛先はありません。", "「hello there」",
        "mx.y.example の応答: 550 5.1.1 no such user", "追跡番号 7ZZZZ"}) {
    EXPECT_NE(body.find(expected), std::string::npos) << expected << "\nis not in\n" << body;
  }
}

TEST(Report, ARemoteCanNotForgeFields) {
  Request r = request();
  r.recipients[0].reply.text = "x\r\nAction: delivered\r\n\r\n--b0undary--\r\n";
  const std::string text = build(r, explain).head;
  EXPECT_EQ(text.find("\r\nAction: delivered"), std::string::npos);
  EXPECT_EQ(text.find("\r\n--b0undary--"), text.size() - 16);
}

}  // namespace
}  // namespace hikyaku::dsn
