// SPDX-License-Identifier: Apache-2.0
// Goal: each recipient gets the result that the remote's replies mean, however they come; secrets
// stay out of the transcript; and nothing is taken for delivered that the remote did not take.
#include "protocol/smtp/client_session.h"

#include <gtest/gtest.h>

#include "protocol/smtp/testing/client_driver.h"

namespace hikyaku::smtp {
namespace {

const std::string kEhlo =
    "250-there\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n";
const std::string kEhloChunking = "250-there\r\n250-PIPELINING\r\n250 CHUNKING\r\n";
const std::string kEhloTls = "250-there\r\n250-STARTTLS\r\n250 PIPELINING\r\n";

ClientConfig plain() {
  ClientConfig config;
  config.host = "us.example";
  return config;
}

ClientMessage message(std::vector<std::string> to = {"b@y.example"}) {
  ClientMessage m;
  m.reverse_path = Address{"a", "x.example"};
  for (const std::string& local : to) m.recipients.push_back(*parse_address(local));
  m.size = 23;
  return m;
}

struct Case {
  const char* name;
  ClientConfig config;
  FakeServer server;
  std::vector<std::string> to;
  std::vector<std::string> writes;
  std::string summary;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

ClientConfig with(ClientConfig config, auto change) {
  change(config);
  return config;
}

const std::string kData = "Subject: hi||..hello|.|";
const std::string kThree = "RCPT TO:<a@y.example>|RCPT TO:<b@y.example>|RCPT TO:<c@y.example>|";

const std::vector<Case> kCases = {
    {"pipelined (RFC 2920)",
     plain(),
     {.rules = {{"EHLO", {kEhlo}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example> SIZE=23|RCPT TO:<b@y.example>|DATA|", kData,
      "QUIT|"},
     "b@y.example delivered at end of data: 250 ok\n"},
    {"one at a time",
     plain(),
     {.rules = {}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|", "RCPT TO:<b@y.example>|", "DATA|", kData,
      "QUIT|"},
     "b@y.example delivered at end of data: 250 ok\n"},
    {"HELO when EHLO is not known (RFC 5321 3.2)",
     plain(),
     {.rules = {{"EHLO", {"502 what?\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "HELO us.example|", "MAIL FROM:<a@x.example>|", "RCPT TO:<b@y.example>|",
      "DATA|", kData, "QUIT|"},
     "b@y.example delivered at end of data: 250 ok\n"},
    {"some recipients",
     plain(),
     {.rules = {{"EHLO", {kEhlo}},
                {"RCPT TO:<a@", {"550-5.1.1 no\r\n550 5.1.1 such\r\n"}},
                {"RCPT TO:<c@", {"451 4.2.1 later\r\n"}}}},
     {"a@y.example", "b@y.example", "c@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example> SIZE=23|" + kThree + "DATA|", kData, "QUIT|"},
     "a@y.example permanent at RCPT: 550 5.1.1 no such\n"
     "b@y.example delivered at end of data: 250 ok\n"
     "c@y.example transient at RCPT: 451 4.2.1 later\n"},
    {"552 to RCPT means too many (RFC 5321 4.5.3.1.10)",
     plain(),
     {.rules = {{"RCPT TO:<b@", {"552 too many\r\n"}}}},
     {"a@y.example", "b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|", "RCPT TO:<a@y.example>|",
      "RCPT TO:<b@y.example>|", "DATA|", kData, "QUIT|"},
     "a@y.example delivered at end of data: 250 ok\nb@y.example transient at RCPT: 552 too "
     "many\n"},
    {"all refused, and 354 all the same: a lone dot (RFC 2920 3.1)",
     plain(),
     {.rules = {{"EHLO", {kEhlo}}, {"RCPT", {"550 no\r\n"}}, {".", {"554 nobody\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example> SIZE=23|RCPT TO:<b@y.example>|DATA|", ".|",
      "QUIT|"},
     "b@y.example permanent at RCPT: 550 no\n"},
    {"all refused",
     plain(),
     {.rules = {{"EHLO", {kEhlo}}, {"RCPT", {"550 no\r\n"}}, {"DATA", {"503 who?\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example> SIZE=23|RCPT TO:<b@y.example>|DATA|", "QUIT|"},
     "b@y.example permanent at RCPT: 550 no\n"},
    {"sender refused",
     plain(),
     {.rules = {{"MAIL", {"550 5.7.1 not you\r\n"}}, {"RCPT", {"503 no\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|", "QUIT|"},
     "b@y.example permanent at MAIL: 550 5.7.1 not you\n"},
    {"DATA refused for now",
     plain(),
     {.rules = {{"DATA", {"451 busy\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|", "RCPT TO:<b@y.example>|", "DATA|", "QUIT|"},
     "b@y.example transient at DATA: 451 busy\n"},
    {"content refused",
     plain(),
     {.rules = {{".", {"554 5.7.1 spam\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|", "RCPT TO:<b@y.example>|", "DATA|", kData,
      "QUIT|"},
     "b@y.example permanent at end of data: 554 5.7.1 spam\n"},
    {"LMTP: a result each (RFC 2033 4.2)",
     with(plain(), [](auto& c) { c.protocol = ClientProtocol::kLmtp; }),
     {.rules = {{"LHLO", {kEhlo}},
                {"RCPT TO:<b@", {"550 no\r\n"}},
                {".", {"250 stored\r\n452 4.2.2 full\r\n"}}}},
     {"a@y.example", "b@y.example", "c@y.example"},
     {"LHLO us.example|", "MAIL FROM:<a@x.example> SIZE=23|" + kThree, "DATA|", kData, "QUIT|"},
     "a@y.example delivered at end of data: 250 stored\nb@y.example permanent at RCPT: 550 no\n"
     "c@y.example transient at end of data: 452 4.2.2 full\n"},
    {"CHUNKING when offered: BDAT after the recipients are known, dots as they are (RFC 3030)",
     plain(),
     {.rules = {{"EHLO", {kEhloChunking}}, {"RCPT TO:<a@", {"550 no\r\n"}}}},
     {"a@y.example", "b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|RCPT TO:<a@y.example>|RCPT TO:<b@y.example>|",
      "BDAT 23 LAST|Subject: hi||.hello|", "QUIT|"},
     "a@y.example permanent at RCPT: 550 no\nb@y.example delivered at end of data: 250 ok\n"},
    {"CHUNKING, nobody is left: nothing is sent",
     plain(),
     {.rules = {{"EHLO", {kEhloChunking}}, {"RCPT", {"550 no\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|RCPT TO:<b@y.example>|", "QUIT|"},
     "b@y.example permanent at RCPT: 550 no\n"},
    {"CHUNKING, content refused",
     plain(),
     {.rules = {{"EHLO", {kEhloChunking}}, {"BDAT", {"554 5.7.1 spam\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|RCPT TO:<b@y.example>|",
      "BDAT 23 LAST|Subject: hi||.hello|", "QUIT|"},
     "b@y.example permanent at end of data: 554 5.7.1 spam\n"},
    {"STARTTLS when offered",
     plain(),
     {.rules = {{"EHLO", {kEhloTls, kEhlo}}, {"STARTTLS", {"220 go\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "STARTTLS|", "EHLO us.example|",
      "MAIL FROM:<a@x.example> SIZE=23|RCPT TO:<b@y.example>|DATA|", kData, "QUIT|"},
     "b@y.example delivered at end of data: 250 ok\n"},
    {"STARTTLS refused is no error when it may be plain",
     plain(),
     {.rules = {{"EHLO", {kEhloTls}}, {"STARTTLS", {"454 not now\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "STARTTLS|", "MAIL FROM:<a@x.example>|RCPT TO:<b@y.example>|DATA|", kData,
      "QUIT|"},
     "b@y.example delivered at end of data: 250 ok\n"},
    {"too big for the remote (RFC 1870 6.1)",
     plain(),
     {.rules = {{"EHLO", {"250-there\r\n250 SIZE 22\r\n"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "QUIT|"},
     "b@y.example permanent at MAIL: 5.3.4 the message has 23 octets, the remote takes 22\n"},
    {"connection lost after the dot: it may have been taken, so it is not lost",
     plain(),
     {.rules = {{".", {"\x04"}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|", "RCPT TO:<b@y.example>|", "DATA|", kData},
     "b@y.example transient at end of data: 4.4.2 connection reset by peer\n"},
    {"silence after RCPT",
     plain(),
     {.rules = {{"RCPT", {""}}}},
     {"b@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|", "RCPT TO:<b@y.example>|"},
     "b@y.example transient at RCPT: 4.4.2 no reply in time to RCPT\n"},
    {"421 in the middle",
     plain(),
     {.rules = {{"RCPT", {"421 4.3.2 closing\r\n"}}}},
     {"b@y.example", "c@y.example"},
     {"EHLO us.example|", "MAIL FROM:<a@x.example>|", "RCPT TO:<b@y.example>|"},
     "b@y.example transient at RCPT: 421 4.3.2 closing\n"
     "c@y.example transient at RCPT: 421 4.3.2 closing\n"},
};

class ClientCase : public testing::TestWithParam<Case> {};

TEST_P(ClientCase, CommandsAndResults) {
  const Case& c = GetParam();
  const auto run = drive_client(c.config, {message(c.to)}, c.server);
  EXPECT_EQ(run.writes, c.writes);
  EXPECT_EQ(run.summary, c.summary);
}

TEST_P(ClientCase, CutAtEveryOctet) {
  const Case& c = GetParam();
  for (const std::size_t chunk : {1UL, 2UL, 3UL, 10UL}) {
    const auto run =
        drive_client(c.config, {message(c.to)}, c.server, {.chunk = chunk, .body_chunk = chunk});
    EXPECT_EQ(run.summary, c.summary);
    // Chunks are cut as the message comes.
    const bool chunks =
        std::ranges::any_of(c.writes, [](const std::string& w) { return w.starts_with("BDAT"); });
    if (!chunks) EXPECT_EQ(run.writes, c.writes);
  }
}

INSTANTIATE_TEST_SUITE_P(Dialogues, ClientCase, testing::ValuesIn(kCases));

struct Failure {
  const char* name;
  ClientConfig config;
  FakeServer server;
  Stage stage;
  Outcome outcome;
  std::string reply;
  bool quit;  ///< we said QUIT
};

const ClientConfig kRequired = with(plain(), [](auto& c) { c.starttls = StartTlsUse::kRequired; });
const ClientConfig kLogin = with(plain(), [](auto& c) { c.login = ClientLogin{"me", "secret"}; });

const std::vector<Failure> kFailures = {
    {"554 greeting: another host, or later",
     plain(),
     {.greeting = "554 5.7.1 go away\r\n"},
     Stage::kGreeting,
     Outcome::kTransient,
     "554 5.7.1 go away",
     true},
    {"521 (RFC 7504)",
     plain(),
     {.greeting = "521 never\r\n"},
     Stage::kGreeting,
     Outcome::kPermanent,
     "521 never",
     true},
    {"421 greeting",
     plain(),
     {.greeting = "421 busy\r\n"},
     Stage::kGreeting,
     Outcome::kTransient,
     "421 busy",
     false},
    {"silence",
     plain(),
     {.greeting = ""},
     Stage::kGreeting,
     Outcome::kTransient,
     "4.4.2 no reply in time to greeting",
     false},
    {"no SMTP",
     plain(),
     {.greeting = "SSH-2.0-OpenSSH\r\n"},
     Stage::kGreeting,
     Outcome::kTransient,
     "the remote sent a line that is no SMTP reply",
     false},
    {"hello refused",
     plain(),
     {.rules = {{"EHLO", {"550 bad name\r\n"}}, {"HELO", {"550 no\r\n"}}}},
     Stage::kHello,
     Outcome::kPermanent,
     "550 no",
     true},
    {"TLS required, not offered",
     kRequired,
     {.rules = {{"EHLO", {kEhlo}}}},
     Stage::kStartTls,
     Outcome::kTransient,
     "4.7.4 TLS is required for this delivery, and the remote does not offer STARTTLS",
     true},
    {"TLS required, refused",
     kRequired,
     {.rules = {{"EHLO", {kEhloTls}}, {"STARTTLS", {"454 no\r\n"}}}},
     Stage::kStartTls,
     Outcome::kTransient,
     "454 no",
     true},
    {"plain text behind 220",
     plain(),
     {.rules = {{"EHLO", {kEhloTls}}, {"STARTTLS", {"220 go\r\n250 injected\r\n"}}}},
     Stage::kStartTls,
     Outcome::kTransient,
     "4.7.0 plain text came behind the reply to STARTTLS: somebody may sit between",
     false},
    {"no password in the clear",
     kLogin,
     {.rules = {{"EHLO", {"250-x\r\n250 AUTH PLAIN\r\n"}}}},
     Stage::kAuth,
     Outcome::kTransient,
     "4.7.0 a login is set for this host, and it is not sent without TLS",
     true},
    {"wrong password is ours to correct",
     with(kLogin, [](auto& c) { c.tls_active = true; }),
     {.rules = {{"EHLO", {"250-x\r\n250 AUTH LOGIN plain\r\n"}}, {"AUTH", {"535 5.7.8 no\r\n"}}}},
     Stage::kAuth,
     Outcome::kTransient,
     "535 5.7.8 no",
     true},
    {"a reply nobody asked for",
     plain(),
     {.greeting = "220 a\r\n250 b\r\n250 c\r\n"},
     Stage::kConnect,
     Outcome::kTransient,
     "the remote sent a reply that nothing was asked for: 250 c",
     false},
};

TEST(ClientSession, NoSessionNoMail) {
  for (const Failure& f : kFailures) {
    for (const std::size_t chunk : {1UL << 20, 1UL}) {
      // Cut by octets, the injected text comes after the handshake began, and breaks that.
      if (chunk == 1 && f.name == std::string_view("plain text behind 220")) continue;
      if (chunk == 1 && f.stage == Stage::kConnect) continue;
      const auto run = drive_client(f.config, {message()}, f.server, {.chunk = chunk});
      ASSERT_TRUE(run.failure) << f.name;
      EXPECT_EQ(run.failure->stage, f.stage) << f.name;
      EXPECT_EQ(run.failure->outcome, f.outcome) << f.name;
      EXPECT_EQ(run.failure->reply.one_line(), f.reply) << f.name;
      EXPECT_TRUE(run.results.empty()) << f.name;
      EXPECT_EQ(!run.writes.empty() && run.writes.back() == "QUIT|", f.quit) << f.name;
    }
  }
}

TEST(ClientSession, LoginStaysOutOfTheTranscript) {
  auto config = plain();
  config.tls_active = true;
  config.login = ClientLogin{"me", "secret"};
  const auto run = drive_client(
      config, {message()},
      {.rules = {{"EHLO", {"250-x\r\n250 AUTH PLAIN\r\n"}}, {"AUTH", {"235 in\r\n"}}}});
  EXPECT_EQ(run.writes[1], "AUTH PLAIN AG1lAHNlY3JldA==|");
  EXPECT_EQ(run.transcript.find("AG1l"), std::string::npos);
  EXPECT_NE(run.transcript.find("C: AUTH PLAIN ****\nS: 235 in\n"), std::string::npos);
  EXPECT_NE(run.summary.find("delivered"), std::string::npos);
}

TEST(ClientSession, LoginIsNotRepeatedFromAReply) {
  auto config = plain();
  config.tls_active = true;
  config.login = ClientLogin{"me", "secret"};
  const auto run = drive_client(
      config, {message()},
      {.rules = {{"EHLO", {"250-x\r\n250 AUTH PLAIN\r\n"}},
                 {"AUTH", {"500 what is AUTH PLAIN AG1lAHNlY3JldA== (me/secret)?\r\n"}}}});
  ASSERT_TRUE(run.failure);
  EXPECT_EQ(run.failure->reply.text, "what is AUTH PLAIN **** (me/****)?");
  EXPECT_EQ(run.transcript.find("secret"), std::string::npos);
  EXPECT_EQ(run.transcript.find("AG1l"), std::string::npos);
}

TEST(ClientSession, AfterAFailedMessageTheNextOneBeginsWithRset) {
  const auto run = drive_client(plain(), {message(), message(), message()},
                                {.rules = {{"EHLO", {kEhlo}},
                                           {"RCPT", {"550 no\r\n", "250 ok\r\n"}},
                                           {"DATA", {"503 who\r\n", "354 go\r\n"}}}});
  ASSERT_EQ(run.results.size(), 3U);
  EXPECT_EQ(run.writes[2], "RSET|MAIL FROM:<a@x.example> SIZE=23|RCPT TO:<b@y.example>|DATA|");
  EXPECT_EQ(run.writes[4], "MAIL FROM:<a@x.example> SIZE=23|RCPT TO:<b@y.example>|DATA|");
  EXPECT_EQ(run.results[2][0].outcome, Outcome::kDelivered);
}

TEST(ClientSession, EightBitGoesAsItIs) {
  ClientMessage m = message();
  m.body = Body::k8BitMime;
  const ClientDrive drive{.body = "Subject: x\r\n\r\n\xe9\r\n"};
  const auto with_it = drive_client(plain(), {m}, {.rules = {{"EHLO", {kEhlo}}}}, drive);
  EXPECT_NE(with_it.writes[1].find(" BODY=8BITMIME|"), std::string::npos);
  const auto without = drive_client(plain(), {m}, {}, drive);
  EXPECT_EQ(without.writes[1], "MAIL FROM:<a@x.example>|");
  EXPECT_EQ(without.data, drive.body);
}

// RFC 6531 §3.2, §3.4; RFC 6533 §3.
TEST(ClientSession, Utf8GoesOnlyToWhoTakesIt) {
  ClientMessage m = message();
  m.recipients = {*parse_address("\xc3\xa9@y.example", Utf8::kAllow), {"b", "y.example"}};
  m.smtputf8 = true;
  m.params = {{Notify(), "utf-8;\xc3\xa9@y.example"}, {}};
  const FakeServer takes{
      .rules = {{"EHLO", {"250-there\r\n250-SMTPUTF8\r\n250-DSN\r\n250 PIPELINING\r\n"}}}};
  const auto with_it = drive_client(plain(), {m}, takes);
  EXPECT_EQ(with_it.writes[1],
            "MAIL FROM:<a@x.example> SMTPUTF8|RCPT TO:<\xc3\xa9@y.example> "
            "ORCPT=utf-8;\xc3\xa9@y.example|RCPT TO:<b@y.example>|DATA|");
  EXPECT_EQ(with_it.results[0][0].outcome, Outcome::kDelivered);
  const auto without = drive_client(plain(), {m}, {.rules = {{"EHLO", {kEhlo}}}});
  for (const auto& result : without.results[0]) {
    EXPECT_EQ(result.outcome, Outcome::kPermanent);
    EXPECT_EQ(result.reply.enhanced, (EnhancedStatus{5, 6, 7}));
  }
  EXPECT_EQ(without.data, "");
  // A message that needs it not says ORCPT so that anybody can read it.
  m.recipients = {{"b", "y.example"}};
  m.params = {{Notify(), "utf-8;\xc3\xa9@y.example"}};
  m.smtputf8 = false;
  EXPECT_EQ(drive_client(plain(), {m}, takes).writes[1],
            "MAIL FROM:<a@x.example>|RCPT TO:<b@y.example> ORCPT=utf-8;\\x{E9}@y.example|DATA|");
}

TEST(ClientSession, AddressesThatCanNotBeSent) {
  ClientMessage m = message();
  m.recipients = {{"a\r\nDATA", "y.example"}, {"\xc3\xa9", "y.example"}, {"ok", "y.example"}};
  const auto run = drive_client(plain(), {m}, {});
  EXPECT_EQ(run.results[0][0].outcome, Outcome::kPermanent);
  EXPECT_EQ(run.results[0][1].reply.enhanced, (EnhancedStatus{5, 6, 7}));
  EXPECT_EQ(run.results[0][2].outcome, Outcome::kDelivered);
  EXPECT_EQ(run.writes[2], "RCPT TO:<ok@y.example>|");
}

TEST(ClientSession, PipelinesOnlySoMuch) {
  ClientConfig config = plain();
  config.pipeline_octets_max = 500;
  std::vector<std::string> to;
  for (int i = 0; i < 200; ++i) to.push_back("user" + std::to_string(i) + "@y.example");
  const auto run = drive_client(config, {message(to)}, {.rules = {{"EHLO", {kEhlo}}}});
  for (const std::string& write : run.writes) EXPECT_LT(write.size(), 550U);
  EXPECT_EQ(run.results[0].size(), 200U);
  for (const auto& r : run.results[0]) EXPECT_EQ(r.outcome, Outcome::kDelivered);
}

const FakeServer kChunking{.rules = {{"EHLO", {kEhloChunking}}}};

TEST(ClientSession, ChunksAreTheMessageWithItsLineEndsMended) {
  for (const std::size_t body_chunk : {1UL, 2UL, 7UL, 1UL << 20})
    for (const std::size_t chunk : {1UL, 1UL << 20}) {
      ClientDrive drive;
      drive.chunk = chunk;
      drive.body_chunk = body_chunk;
      drive.body = "a\nb\rc\r\n.\r\n..d\n\r\ne";
      const auto run = drive_client(plain(), {message(), message()}, kChunking, drive);
      EXPECT_EQ(run.data, "a\r\nb\r\nc\r\n.\r\n..d\r\n\r\ne\r\n") << body_chunk;
      EXPECT_EQ(run.summary,
                "b@y.example delivered at end of data: 250 ok\n"
                "b@y.example delivered at end of data: 250 ok\n");
    }
}

TEST(ClientSession, SoManyChunksAreUnderWay) {
  ClientDrive drive;
  drive.body = std::string(64, 'x');
  drive.body_chunk = 1;
  const auto run = drive_client(plain(), {message()}, kChunking, drive);
  ASSERT_GT(run.writes.size(), 8U);
  EXPECT_EQ(run.writes[2], "BDAT 1|xBDAT 1|xBDAT 1|xBDAT 1|xBDAT 1|xBDAT 1|xBDAT 1|xBDAT 1|x");
}

TEST(ClientSession, AChunkThatIsRefusedEndsTheMessageOnly) {
  auto server = kChunking;
  server.rules.push_back(
      {"BDAT", {"250 ok\r\n", "552 5.3.4 too big\r\n", "503 no\r\n", "250 ok\r\n"}});
  ClientDrive drive;
  drive.body_chunk = 8;  // three chunks
  const auto run = drive_client(plain(), {message(), message()}, server, drive);
  EXPECT_EQ(run.summary,
            "b@y.example permanent at end of data: 552 5.3.4 too big\n"
            "b@y.example delivered at end of data: 250 ok\n");
  EXPECT_TRUE(std::ranges::any_of(run.writes,
                                  [](const std::string& w) { return w.starts_with("RSET|MAIL"); }));
}

TEST(ClientSession, ARemoteThatDoesNotKnowBdatIsLeft) {
  for (const char* reply : {"500 what?\r\n", "502 no\r\n", "503 no\r\n"}) {
    auto server = kChunking;
    server.rules.push_back({"BDAT", {reply}});
    const auto run = drive_client(plain(), {message()}, server);
    ASSERT_TRUE(run.failure);
    EXPECT_TRUE(run.chunking_refused);
    EXPECT_EQ(run.failure->outcome, Outcome::kTransient);
    EXPECT_EQ(run.writes.back().substr(0, 4), "BDAT") << "not even QUIT";
    const auto again =
        drive_client(with(plain(), [](auto& c) { c.chunking = false; }), {message()}, server);
    EXPECT_EQ(again.summary, "b@y.example delivered at end of data: 250 ok\n");
    EXPECT_FALSE(again.chunking_refused);
  }
}

TEST(ClientSession, RefusalInTheMiddleOfTheMessageCounts) {
  ClientSession session(plain());
  session.feed("220 x\r\n");
  const auto step = [&](std::string_view reply) {
    std::ignore = session.next();
    session.feed(reply);
  };
  step("250 x\r\n");
  ASSERT_TRUE(std::holds_alternative<ClientReady>(session.next()));
  session.begin(message());
  for (const char* reply : {"250 x\r\n", "250 x\r\n", "354 x\r\n"}) step(reply);
  ASSERT_TRUE(std::holds_alternative<ClientNeedBody>(session.next()));
  EXPECT_EQ(session.timeout(), ClientTimeouts{}.data_block);
  session.body("half");
  session.feed("552 5.3.4 too big\r\n");
  session.connection_lost("broken pipe");
  ASSERT_TRUE(std::holds_alternative<ClientMessageDone>(session.next()));
  EXPECT_EQ(session.results()[0].outcome, Outcome::kPermanent);
  EXPECT_EQ(session.results()[0].reply.code, 552);
}

TEST(ClientSession, AMessageThatCanNotBeReadIsCutOff) {
  ClientSession session(plain());
  session.feed("220 x\r\n");
  std::ignore = session.next();
  session.feed("250 x\r\n");
  std::ignore = session.next();
  session.begin(message());
  for (const char* reply : {"250 x\r\n", "250 x\r\n", "354 x\r\n"}) {
    std::ignore = session.next();
    session.feed(reply);
  }
  ASSERT_TRUE(std::holds_alternative<ClientNeedBody>(session.next()));
  session.body("half");
  session.body_failed("the store can't be read");
  EXPECT_EQ(session.take_output(), "") << "above all no final dot";
  ASSERT_TRUE(std::holds_alternative<ClientMessageDone>(session.next()));
  EXPECT_EQ(session.results()[0].outcome, Outcome::kTransient);
  EXPECT_TRUE(std::holds_alternative<ClientClosed>(session.next()));
}

// RFC 5321 §4.5.3.2
TEST(ClientSession, Timeouts) {
  using std::chrono::seconds;
  ClientSession session(plain());
  EXPECT_EQ(session.timeout(), seconds(300));
  session.feed("220 x\r\n");
  std::ignore = session.next();
  session.feed("250 x\r\n");
  std::ignore = session.next();
  session.begin(message());
  std::vector<seconds> seen;
  for (const char* reply : {"250 x\r\n", "250 x\r\n", "354 x\r\n"}) {
    std::ignore = session.next();
    seen.push_back(session.timeout());
    session.feed(reply);
  }
  std::ignore = session.next();
  session.body_end();
  std::ignore = session.next();
  seen.push_back(session.timeout());
  EXPECT_EQ(seen, (std::vector<seconds>{seconds(300), seconds(300), seconds(120), seconds(600)}));
}

TEST(Transcript, IsBounded) {
  Transcript transcript(100);
  for (int i = 0; i < 100; ++i) transcript.client("NOOP");
  EXPECT_LT(transcript.text().size(), 150U);
  EXPECT_TRUE(transcript.text().ends_with("-- the rest is left out\n"));
}

/// RFC 3461 §5.2.1 as it came, §5.2.2 (a) nothing.
TEST(ClientSession, DsnParametersGoOnlyToWhoOffersThem) {
  auto wanted = message({"b@y.example", "c@y.example"});
  wanted.ret = Ret::kHeaders;
  wanted.envelope_id = "QQ+2B1";
  wanted.params = {{*Notify::parse("SUCCESS,DELAY"), "rfc822;B+2Bx@old.example"}, {}};
  const FakeServer with_dsn{.rules = {{"EHLO", {"250-there\r\n250-DSN\r\n250 PIPELINING\r\n"}}}};
  const auto offered = drive_client(plain(), {wanted}, with_dsn);
  EXPECT_EQ(offered.writes[1],
            "MAIL FROM:<a@x.example> RET=HDRS ENVID=QQ+2B1|"
            "RCPT TO:<b@y.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;B+2Bx@old.example|"
            "RCPT TO:<c@y.example>|DATA|");
  const FakeServer without{.rules = {{"EHLO", {kEhlo}}}};
  EXPECT_EQ(drive_client(plain(), {wanted}, without).writes[1],
            "MAIL FROM:<a@x.example> SIZE=23|RCPT TO:<b@y.example>|RCPT TO:<c@y.example>|DATA|");
}

}  // namespace
}  // namespace hikyaku::smtp
