// SPDX-License-Identifier: Apache-2.0
// Goal: addresses in UTF-8 are taken in a transaction that declares them, and nowhere else
// (RFC 6531).
#include <gtest/gtest.h>

#include "protocol/smtp/testing/server_driver.h"

namespace hikyaku::smtp {
namespace {

ServerConfig inbound() {
  ServerConfig config;
  config.host = "mx.example.org";
  return config;
}

/// The replies behind that to EHLO.
std::string answers(const std::string& commands, std::size_t chunk = 1 << 20) {
  const auto run = drive_server(inbound(), {"EHLO c.example\r\n" + commands}, {.chunk = chunk});
  const auto end = run.output.find("250 HELP\r\n");
  EXPECT_NE(end, std::string::npos);
  return run.output.substr(end + 10);
}

TEST(SmtpUtf8, IsTakenWhereItIsDeclared) {
  const std::string commands =
      "MAIL FROM:<飛脚@例え.テスト> BODY=8BITMIME smtputf8\r\n"
      "RCPT TO:<é@x.example> ORCPT=utf-8;é@x.example\r\n"
      "RCPT TO:<\"é b\"@例え.テスト> ORCPT=utf-8;\\x{E9}\\x{20}b@x.example\r\n"
      "RCPT TO:<@例え.テスト:c@x.example>\r\n";
  const std::string wanted =
      "250 2.1.0 sender ok\r\n250 2.1.5 recipient ok\r\n250 2.1.5 recipient ok\r\n"
      "250 2.1.5 recipient ok\r\n";
  EXPECT_EQ(answers(commands), wanted);
  for (const std::size_t chunk : {1U, 2U, 3U, 7U}) EXPECT_EQ(answers(commands, chunk), wanted);
  const auto run = drive_server(inbound(), {"EHLO c.example\r\n" + commands}, {});
  EXPECT_NE(run.log.find("mail <飛脚@xn--r8jz45g.xn--zckzah>"), std::string::npos) << run.log;
  EXPECT_NE(run.log.find("<\"é b\"@xn--r8jz45g.xn--zckzah>"), std::string::npos) << run.log;
}

TEST(SmtpUtf8, IsRefusedWhereItIsNot) {
  // §3.5: 550 for MAIL, 553 for RCPT.
  EXPECT_TRUE(answers("MAIL FROM:<a@例え.テスト>\r\n").starts_with("550 5.6.7 "));
  EXPECT_TRUE(answers("MAIL FROM:<@例え.テスト:a@x.example>\r\n").starts_with("550 5.6.7 "));
  const std::string ascii = "MAIL FROM:<a@x.example>\r\n";
  const std::string ok = "250 2.1.0 sender ok\r\n";
  EXPECT_TRUE(answers(ascii + "RCPT TO:<é@x.example>\r\n").starts_with(ok + "553 5.6.7 "));
  EXPECT_TRUE(answers(ascii + "RCPT TO:<a@例え.テスト>\r\n").starts_with(ok + "553 5.6.7 "));
  EXPECT_TRUE(answers(ascii + "RCPT TO:<a@x.example> ORCPT=utf-8;é@x.example\r\n")
                  .starts_with(ok + "501 5.5.4 "));
  // As Postfix says it; undeclared it is refused (RFC 3461 §4.2).
  const std::string quoted = "RCPT TO:<a@x.example> ORCPT=rfc822;+C3+A9@x.example\r\n";
  EXPECT_EQ(answers("MAIL FROM:<a@x.example> SMTPUTF8\r\n" + quoted),
            ok + "250 2.1.5 recipient ok\r\n");
  EXPECT_TRUE(answers(ascii + quoted).starts_with(ok + "501 5.5.4 "));
  for (const char* bad : {"+E9@x.example", "+C3+A9+07@x.example", "+C3"})
    EXPECT_TRUE(answers("MAIL FROM:<a@x.example> SMTPUTF8\r\nRCPT TO:<a@x.example> ORCPT=rfc822;" +
                        std::string(bad) + "\r\n")
                    .starts_with(ok + "501 5.5.4 "));
  EXPECT_EQ(answers(ascii + "RCPT TO:<a@x.example> ORCPT=utf-8;\\x{E9}@x.example\r\n"),
            ok + "250 2.1.5 recipient ok\r\n");
  // What one transaction declares does not hold for the next.
  EXPECT_NE(
      answers("MAIL FROM:<a@x.example> SMTPUTF8\r\nRSET\r\n" + ascii + "RCPT TO:<é@x.example>\r\n")
          .find("553 5.6.7 "),
      std::string::npos);
}

TEST(SmtpUtf8, WhatIsNotValid) {
  for (const char* bad :
       {"MAIL FROM:<\xff@x.example> SMTPUTF8\r\n", "MAIL FROM:<a@\xc3.example> SMTPUTF8\r\n",
        "MAIL FROM:<a@x.example> SMTPUTF8=yes\r\n", "MAIL FROM:<a@x.example> SMTPUTF8 SMTPUTF8\r\n",
        "MAIL FROM:<a@x.example> SIZE=é\r\n", "MAIL FROM:<a@x.example> BODY=é\r\n",
        "MAIL FROM:<a@x.example> ENVID=é SMTPUTF8\r\n"})
    EXPECT_TRUE(answers(bad).starts_with("501 5.")) << bad << answers(bad);
}

TEST(SmtpUtf8, RepliesAreAscii) {
  for (const char* commands : {"VRFY é SMTPUTF8\r\n", "VRFY é\r\n", "EXPN é SMTPUTF8\r\n",
                               "MAIL FROM:<é@x.example> SMTPUTF8\r\nRCPT TO:<飛@@x>\r\n"})
    for (const char c : answers(commands)) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
  EXPECT_TRUE(answers("VRFY é SMTPUTF8\r\n").starts_with("252 "));
}

}  // namespace
}  // namespace hikyaku::smtp
