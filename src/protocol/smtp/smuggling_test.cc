// SPDX-License-Identifier: Apache-2.0
// Goal: nobody gets a second message through us, or past us to somebody else, inside of the first:
// only CRLF ends lines, only CRLF.CRLF ends data. The patterns are those of the SMTP smuggling
// research of 2023 (CVE-2023-51764, -51765, -51766), each with what would be smuggled behind it.
#include <gtest/gtest.h>

#include "protocol/smtp/dot_stuffer.h"
#include "protocol/smtp/testing/server_driver.h"

namespace hikyaku::smtp {
namespace {

using namespace std::string_view_literals;

const std::string kStart =
    "EHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\nSubject: one\r\n\r\nhi";
const std::string kSmuggled =
    "MAIL FROM:<evil@x.example>\r\nRCPT TO:<victim@y.example>\r\nDATA\r\nSubject: two\r\n\r\nevil";
const std::string kRealEnd = "\r\n.\r\nNOOP\r\n";

struct Pattern {
  std::string_view octets;
  std::string_view reason;  ///< of the refusal; empty = ordinary text
};

const Pattern kPatterns[] = {
    {"\n.\n"sv, "[HK-DATA-BARE-LF]"},
    {"\n.\r\n"sv, "[HK-DATA-BARE-LF]"},
    {"\r\n.\n"sv, "[HK-DATA-BARE-LF]"},
    {"\n\n.\r\n"sv, "[HK-DATA-BARE-LF]"},
    {"\n.\r"sv, "[HK-DATA-BARE-LF]"},
    {"\r.\n"sv, "[HK-DATA-BARE-CR]"},
    {"\r.\r"sv, "[HK-DATA-BARE-CR]"},
    {"\r.\r\n"sv, "[HK-DATA-BARE-CR]"},
    {"\r\n.\r"sv, "[HK-DATA-BARE-CR]"},
    {"\r\n.\r\r\n"sv, "[HK-DATA-BARE-CR]"},
    {"\r\r.\r\r"sv, "[HK-DATA-BARE-CR]"},
    {"\r\n\0.\r\n"sv, "[HK-DATA-NUL]"},
    {"\r\n.\0\r\n"sv, "[HK-DATA-NUL]"},
    {"\r\0\n.\r\n"sv, "[HK-DATA-NUL]"},
    {"\r\n.\r\0\n"sv, "[HK-DATA-BARE-CR]"},
    {"\r\n\0.\0\r\n"sv, "[HK-DATA-NUL]"},
    // Legal text, which is not the end.
    {"\r\n..\r\n"sv, ""},
    {"\r\n. \r\n"sv, ""},
    {"\r\n .\r\n"sv, ""},
    {"\r\n.x\r\n"sv, ""},
    {"\r\n\x0b.\r\n"sv, ""},
    {"\r\n\xc2\x85.\xc2\x85"sv, ""},
};

ServerConfig config() {
  ServerConfig c;
  c.host = "mx.example.org";
  return c;
}

class Smuggling : public testing::TestWithParam<Pattern> {};

TEST_P(Smuggling, NothingBehindThePatternIsACommand) {
  const auto& [octets, why] = GetParam();
  const std::string input = kStart + std::string(octets) + kSmuggled + kRealEnd;
  for (std::size_t chunk = 1; chunk <= input.size(); chunk = chunk < 8 ? chunk + 1 : chunk * 5) {
    const auto run = drive_server(config(), {input}, {.chunk = chunk});
    EXPECT_EQ(run.log.find("mail <evil"), std::string::npos);
    EXPECT_EQ(run.log.find("rcpt <victim"), std::string::npos);
    if (why.empty()) {
      ASSERT_EQ(run.messages.size(), 1U);
      EXPECT_NE(run.messages[0].find("victim"), std::string::npos);
      EXPECT_TRUE(run.output.ends_with("250 2.0.0 taken\r\n250 2.0.0 ok\r\n"));
    } else {
      EXPECT_TRUE(run.messages.empty());
      EXPECT_TRUE(run.closed) << "what follows is not trusted";
      EXPECT_TRUE(run.output.ends_with(std::string(why) + "\r\n")) << run.output;
      EXPECT_NE(run.output.find("\r\n550 5.6.0 "), std::string::npos);
    }
  }
}

TEST_P(Smuggling, NothingComesUntilTheRealEnd) {
  const auto& [octets, why] = GetParam();
  const auto run = drive_server(config(), {kStart + std::string(octets) + kSmuggled});
  EXPECT_TRUE(run.output.ends_with("354 end data with <CR><LF>.<CR><LF>\r\n"));
  EXPECT_FALSE(run.closed);
}

TEST_P(Smuggling, NeverSentByUs) {
  const auto& [octets, why] = GetParam();
  const std::string message = "Subject: one\r\n\r\nhi" + std::string(octets) + kSmuggled;
  for (std::size_t chunk = 1; chunk < message.size(); ++chunk) {
    DotStuffer stuffer;
    std::string out;
    for (std::size_t i = 0; i < message.size(); i += chunk) {
      stuffer.write(std::string_view(message).substr(i, chunk), out);
    }
    stuffer.finish(out);
    EXPECT_EQ(out.find("\r\n.\r\n"), out.size() - 5) << "one end, at the end";
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i] == '\n') EXPECT_TRUE(i > 0 && out[i - 1] == '\r') << "bare LF at " << i;
      if (out[i] == '\r') EXPECT_TRUE(i + 1 < out.size() && out[i + 1] == '\n') << "bare CR";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Patterns, Smuggling, testing::ValuesIn(kPatterns));

struct CommandCase {
  std::string_view input;
  std::string_view reason;
};

TEST(CommandSmuggling, BareLineEndsAndNulCloseTheSession) {
  const CommandCase kCases[] = {
      {"NOOP\n\n"sv, "[HK-BARE-LF]"},
      {"NOOP\n"sv, "[HK-BARE-LF]"},
      {"\n"sv, "[HK-BARE-LF]"},
      {"NOOP\r\n\n"sv, "[HK-BARE-LF]"},
      {"NOOP\rNOOP\r\n"sv, "[HK-BARE-CR]"},
      {"NOOP\r\r\n"sv, "[HK-BARE-CR]"},
      {"NOOP\0\r\n"sv, "[HK-NUL]"},
      {"NOOP\r\0\n"sv, "[HK-BARE-CR]"},
      {"NOOP x\nMAIL FROM:<a@x.example>\r\n"sv, "[HK-BARE-LF]"},
  };
  for (const auto& [input, why] : kCases) {
    for (const std::size_t chunk : {1UL << 10, 1UL, 2UL, 5UL}) {
      const auto run = drive_server(config(), {"EHLO c\r\n" + std::string(input) + "RSET\r\n"},
                                    {.chunk = chunk});
      EXPECT_TRUE(run.closed) << escaped(input);
      EXPECT_TRUE(run.output.ends_with(std::string(why) + "\r\n")) << run.output;
      EXPECT_EQ(run.log, "hello c\nclose 2\n");
    }
  }
  // The same in a line that is too long, where nothing is kept.
  const auto run = drive_server(config(), {std::string(10000, 'x') + "\nNOOP\r\n"}, {.chunk = 100});
  EXPECT_TRUE(run.closed);
  EXPECT_TRUE(run.output.ends_with("[HK-BARE-LF]\r\n"));
}

// Old mail has CRs in its text. They are octets like others, unless configured otherwise.
TEST(BareCr, IsKeptOrRefused) {
  const std::string input = kStart + " \r there\r\r\nend" + kRealEnd;
  const auto kept = drive_server(config(), {input}, {.chunk = 3});
  ASSERT_EQ(kept.messages.size(), 1U);
  EXPECT_EQ(kept.messages[0], "Subject: one\r\n\r\nhi \r there\r\r\nend\r\n");
  ServerConfig strict = config();
  strict.bare_cr = BareCr::kRefuse;
  const auto refused = drive_server(strict, {input}, {.chunk = 3});
  EXPECT_TRUE(refused.messages.empty());
  EXPECT_TRUE(refused.output.ends_with("[HK-DATA-BARE-CR]\r\n"));
}

TEST(LongTextLine, IsTakenUpToTheLimit) {
  ServerConfig c = config();
  c.text_line_octets_max = 1000;
  const auto at = [&](std::size_t octets) {
    return drive_server(c, {kStart + "\r\n" + std::string(octets, 'x') + kRealEnd}, {.chunk = 77});
  };
  EXPECT_EQ(at(998).messages.size(), 1U);
  const auto over = at(999);
  EXPECT_TRUE(over.messages.empty());
  EXPECT_TRUE(over.output.ends_with("[HK-DATA-LINE-LONG]\r\n250 2.0.0 ok\r\n"));
}

// A client that waits for an answer to LF.LF learns why it gets none.
TEST(SmuggledClient, TimeoutAfterABareLfSaysSo) {
  const ServerConfig c = config();
  ServerSession session(c, {});
  std::ignore = session.next();
  session.accept();
  std::ignore = session.next();
  const std::string input = kStart + "\n.\n";
  session.feed(input);
  for (int i = 0; i < 4; ++i) {
    std::ignore = session.next();
    session.accept();
  }
  ASSERT_TRUE(std::holds_alternative<DataAborted>(session.next()));
  ASSERT_TRUE(std::holds_alternative<NeedInput>(session.next()));
  EXPECT_EQ(session.timeout(), c.drain_timeout);
  session.timed_out();
  EXPECT_TRUE(std::holds_alternative<Close>(session.next()));
  EXPECT_TRUE(session.take_output().ends_with("[HK-DATA-BARE-LF]\r\n"));
}

}  // namespace
}  // namespace hikyaku::smtp
