// SPDX-License-Identifier: Apache-2.0
// Goal: whatever a client says, in whatever pieces, gets the reply that the RFCs want, and nothing
// else happens.
#include "protocol/smtp/server_session.h"

#include <gtest/gtest.h>

#include "protocol/smtp/reason.h"
#include "protocol/smtp/testing/server_driver.h"

namespace hikyaku::smtp {
namespace {

ServerConfig inbound() {
  ServerConfig config;
  config.host = "mx.example.org";
  config.starttls = true;
  return config;
}

ServerConfig submission() {
  ServerConfig config = inbound();
  config.role = Role::kSubmission;
  config.mechanisms = {"PLAIN", "LOGIN"};
  config.auth_required = true;
  config.tls = TlsNeed::kRequired;
  return config;
}

ServerConfig lmtp() {
  ServerConfig config = inbound();
  config.role = Role::kLmtp;
  config.starttls = false;
  return config;
}

/// Replies without the greeting and the multi-line reply to EHLO, CRLF as LF.
std::string replies(const ServerRun& run) {
  std::string out;
  std::string_view rest = run.output;
  bool first = true;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    EXPECT_NE(end, std::string_view::npos) << "a line without CRLF";
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (!first && !line.starts_with("250-") && line != "250 HELP") out += std::string(line) + "\n";
    first = false;
  }
  return out;
}

struct Case {
  const char* name;
  ServerConfig config;
  std::vector<std::string> segments;
  std::string replies;
  std::string log;
  bool tls = false;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

const std::string kHello = "EHLO client.example\r\n";
const std::string kUnder = "EHLO client.example\r\nMAIL FROM:<a@x.example>\r\n";
const std::string kUnderReply = "250 2.1.0 sender ok\n";
const std::string kUnderLog = "hello client.example\nmail <a@x.example> size=0 7bit\n";

const std::vector<Case> kCases = {
    {"one message",
     inbound(),
     {kUnder + "RCPT TO:<b@y.example>\r\nDATA\r\nSubject: hi\r\n\r\n..dot\r\n.\r\nQUIT\r\n"},
     kUnderReply + "250 2.1.5 recipient ok\n354 end data with <CR><LF>.<CR><LF>\n250 2.0.0 taken\n"
                   "221 2.0.0 mx.example.org closing\n",
     kUnderLog + "rcpt <b@y.example>\ndata for 1\n"
                 "message 21 Subject: hi\\r\\n\\r\\n.dot\\r\\n\nclose 0\n"},
    {"empty message",
     inbound(),
     {kUnder + "RCPT TO:<b@y.example>\r\nDATA\r\n.\r\nNOOP\r\n"},
     kUnderReply + "250 2.1.5 recipient ok\n354 end data with <CR><LF>.<CR><LF>\n250 2.0.0 taken\n"
                   "250 2.0.0 ok\n",
     kUnderLog + "rcpt <b@y.example>\ndata for 1\nmessage 0 \n"},
    {"HELO and small letters",
     inbound(),
     {"helo client\r\nmail from:<>\r\nrcpt to:<Postmaster>\r\nrset\r\nnoop x y\r\n"},
     "250 mx.example.org greets you\n250 2.1.0 sender ok\n250 2.1.5 recipient ok\n250 2.0.0 ok\n"
     "250 2.0.0 ok\n",
     "hello client\nmail <> size=0 7bit\nrcpt <postmaster>\nreset\n"},
    {"HELO has no parameters (RFC 5321 4.1.1.11)",
     inbound(),
     {"HELO c\r\nMAIL FROM:<a@x.example> SIZE=10\r\n"},
     "250 mx.example.org greets you\n555 5.5.4 SIZE: parameter not recognized "
     "[HK-PARAM-UNKNOWN]\n",
     "hello c\n"},
    {"parameters",
     inbound(),
     {kHello + "MAIL FROM:<a@x.example> size=1000 BODY=8bitmime\r\nRSET\r\n"
               "MAIL FROM:<a@x.example> SIZE=99999999999\r\n"
               "MAIL FROM:<a@x.example> SIZE=99999999999999999999\r\n"
               "MAIL FROM:<a@x.example> SIZE=1 SIZE=1\r\nMAIL FROM:<a@x.example> SIZE=1x\r\n"
               "MAIL FROM:<a@x.example> BODY=BINARYMIME\r\nMAIL FROM:<a@x.example> FOO\r\n"
               "MAIL FROM:<a@x.example>SIZE=1\r\n"},
     "250 2.1.0 sender ok\n250 2.0.0 ok\n"
     "552 5.3.4 SIZE=99999999999: message is larger than this server takes [HK-SIZE]\n"
     "552 5.3.4 SIZE=99999999999999999999: message is larger than this server takes [HK-SIZE]\n"
     "501 5.5.4 SIZE: bad value of a parameter, or given twice [HK-PARAM]\n"
     "501 5.5.4 SIZE: bad value of a parameter, or given twice [HK-PARAM]\n"
     "501 5.5.4 BODY: bad value of a parameter, or given twice [HK-PARAM]\n"
     "555 5.5.4 FOO: parameter not recognized [HK-PARAM-UNKNOWN]\n"
     "501 5.5.4 syntax error in arguments [HK-ARGUMENT]\n",
     "hello client.example\nmail <a@x.example> size=1000 8bit\nreset\n"},
    {"sequence",
     inbound(),
     {"MAIL FROM:<a@x.example>\r\nRCPT TO:<a@x.example>\r\nDATA\r\n" + kHello +
      "RCPT TO:<b@y.example>\r\nDATA\r\nMAIL FROM:<a@x.example>\r\nDATA\r\n"
      "MAIL FROM:<b@x.example>\r\nRCPT TO:<no@y.example>\r\nRCPT "
      "TO:<later@y.example>\r\nDATA\r\n"},
     "503 5.5.1 say EHLO first (LHLO with LMTP) [HK-HELO-FIRST]\n"
     "503 5.5.1 say EHLO first (LHLO with LMTP) [HK-HELO-FIRST]\n"
     "503 5.5.1 say EHLO first (LHLO with LMTP) [HK-HELO-FIRST]\n"
     "503 5.5.1 say MAIL first [HK-MAIL-FIRST]\n503 5.5.1 say MAIL first [HK-MAIL-FIRST]\n"
     "250 2.1.0 sender ok\n503 5.5.1 say RCPT first [HK-RCPT-FIRST]\n"
     "503 5.5.1 a message is under way already [HK-MAIL-NESTED]\n"
     "550 5.1.1 no such mailbox here [HK-RCPT-UNKNOWN]\n"
     "451 4.7.1 try again later [HK-DEFERRED]\n"
     "554 5.5.1 no valid recipients [HK-NO-RECIPIENTS]\n",
     kUnderLog + "rcpt <no@y.example>\nrcpt <later@y.example>\n"},
    {"EHLO again ends the transaction (RFC 5321 4.1.4)",
     inbound(),
     {kUnder + "EHLO other.example\r\nRCPT TO:<b@y.example>\r\n"},
     kUnderReply + "503 5.5.1 say MAIL first [HK-MAIL-FIRST]\n",
     kUnderLog + "hello other.example\nreset\n"},
    {"refused EHLO changes nothing",
     inbound(),
     {kUnder + "EHLO bad.example\r\nRCPT TO:<b@y.example>\r\n"},
     kUnderReply + "554 this client may not connect [HK-CLIENT]\n250 2.1.5 recipient ok\n",
     kUnderLog + "hello bad.example\nrcpt <b@y.example>\n"},
    {"malformed",
     inbound(),
     {"EHLO\r\nEHLO a b\r\n" + kHello +
      "FOO\r\n\r\nMAIL\r\nMAIL FROM\r\nMAIL FROM:a@x.example\r\nMAIL FROM:<a@x_y.example>\r\n"
      "RSET now\r\nQUIT now\r\nEXPN list\r\nVRFY\r\nVRFY somebody\r\nSTARTTLS now\r\n"},
     "501 5.5.4 a host name or an address in brackets must follow [HK-HELO-SYNTAX]\n"
     "501 5.5.4 a host name or an address in brackets must follow [HK-HELO-SYNTAX]\n"
     "500 5.5.1 command not recognized [HK-COMMAND-UNKNOWN]\n"
     "500 5.5.1 command not recognized [HK-COMMAND-UNKNOWN]\n"
     "501 5.5.4 syntax error in arguments [HK-ARGUMENT]\n"
     "501 5.5.4 syntax error in arguments [HK-ARGUMENT]\n"
     "501 5.1.3 the address must stand in < and >: not a valid address [HK-PATH]\n"
     "501 5.1.3 the domain has a character that host names don't have: not a valid address "
     "[HK-PATH]\n"
     "501 5.5.4 syntax error in arguments [HK-ARGUMENT]\n"
     "501 5.5.4 syntax error in arguments [HK-ARGUMENT]\n"
     "502 5.5.1 command not offered here [HK-COMMAND-OFF]\n"
     "501 5.5.4 syntax error in arguments [HK-ARGUMENT]\n"
     "252 2.5.2 cannot verify, send some mail and see\n"
     "501 5.5.4 syntax error in arguments [HK-ARGUMENT]\n",
     "hello client.example\nvrfy somebody\n"},
    {"chunks (RFC 3030 4.1)",
     inbound(),
     {kUnder +
      "RCPT TO:<b@y.example>\r\nBDAT 4\r\n.\r\nxBDAT 0\r\nbdat 3 last\r\ny\r\nNOOP\r\n"
      "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nBDAT 0 LAST\r\nBDAT 2 LAST\r\n\r\n"},
     kUnderReply + "250 2.1.5 recipient ok\n250 2.0.0 4 octets received\n"
                   "250 2.0.0 0 octets received\n250 2.0.0 taken\n250 2.0.0 ok\n"
                   "250 2.1.0 sender ok\n250 2.1.5 recipient ok\n250 2.0.0 taken\n"
                   "503 5.5.1 say MAIL first [HK-MAIL-FIRST]\n",
     kUnderLog + "rcpt <b@y.example>\ndata for 1\nmessage 7 .\\r\\nxy\\r\\n\n"
                 "mail <a@x.example> size=0 7bit\nrcpt <b@y.example>\ndata for 1\nmessage 0 \n"},
    {"chunks out of order are read and dropped",
     inbound(),
     {"BDAT 6 LAST\r\nQUIT\r\n" + kUnder +
      "RCPT TO:<b@y.example>\r\nBDAT 2\r\nhiDATA\r\nRCPT TO:<c@y.example>\r\n"
      "MAIL FROM:<a@x.example>\r\nRSET\r\nBDAT 6\r\nQUIT\r\nNOOP\r\n"},
     "503 5.5.1 say EHLO first (LHLO with LMTP) [HK-HELO-FIRST]\n" + kUnderReply +
         "250 2.1.5 recipient ok\n250 2.0.0 2 octets received\n"
         "503 5.5.1 bad sequence of commands [HK-SEQUENCE]\n"
         "503 5.5.1 bad sequence of commands [HK-SEQUENCE]\n"
         "503 5.5.1 a message is under way already [HK-MAIL-NESTED]\n250 2.0.0 ok\n"
         "503 5.5.1 say MAIL first [HK-MAIL-FIRST]\n250 2.0.0 ok\n",
     kUnderLog + "rcpt <b@y.example>\ndata for 1\nreset\n"},
    {"a chunk that is no text fails the message (RFC 3030 2)",
     inbound(),
     {kUnder + "RCPT TO:<b@y.example>\r\nBDAT 4\r\na\nbcBDAT 2\r\nhiBDAT 2 LAST\r\nhoNOOP\r\n"},
     kUnderReply + "250 2.1.5 recipient ok\n"
                   "550 5.6.0 message has a line that LF alone ends, lines must end in CRLF "
                   "[HK-DATA-BARE-LF]\n503 5.5.1 say MAIL first [HK-MAIL-FIRST]\n"
                   "503 5.5.1 say MAIL first [HK-MAIL-FIRST]\n250 2.0.0 ok\n",
     kUnderLog + "rcpt <b@y.example>\ndata for 1\naborted\nreset\n"},
    {"nobody knows where a bad chunk ends",
     inbound(),
     {kUnder + "RCPT TO:<b@y.example>\r\nBDAT x LAST\r\nNOOP\r\n"},
     kUnderReply + "250 2.1.5 recipient ok\n501 5.5.4 BDAT: syntax error in arguments "
                   "[HK-ARGUMENT]\n",
     kUnderLog + "rcpt <b@y.example>\nclose 2\n"},
    {"LMTP: the last chunk is answered for each recipient",
     lmtp(),
     {"LHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nRCPT TO:<c@y.example>\r\n"
      "BDAT 3\r\nabcBDAT 1 LAST\r\nd"},
     "250 2.1.0 sender ok\n250 2.1.5 recipient ok\n250 2.1.5 recipient ok\n"
     "250 2.0.0 3 octets received\n250 2.0.0 done\n"
     "452 4.2.2 mailbox is full [HK-MAILBOX-FULL]\n",
     "hello c\nmail <a@x.example> size=0 7bit\nrcpt <b@y.example>\nrcpt <c@y.example>\n"
     "data for 2\nmessage 4 abcd\n"},
    {"STARTTLS drops all (RFC 3207 4.2)",
     inbound(),
     {kUnder + "STARTTLS\r\n", "RCPT TO:<b@y.example>\r\nSTARTTLS\r\n"},
     kUnderReply + "220 2.0.0 ready to start TLS\n"
                   "503 5.5.1 say EHLO first (LHLO with LMTP) [HK-HELO-FIRST]\n"
                   "503 5.5.1 TLS is active already [HK-TLS-ACTIVE]\n",
     kUnderLog + "starttls\nreset\n"},
    {"LMTP: a reply for each recipient (RFC 2033 4.2)",
     lmtp(),
     {"EHLO c\r\nLHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<no@y.example>\r\nDATA\r\n"
      "RCPT TO:<b@y.example>\r\nRCPT TO:<c@y.example>\r\nRCPT TO:<no@y.example>\r\n"
      "RCPT TO:<d@y.example>\r\nDATA\r\nhi\r\n.\r\nNOOP\r\n"},
     "500 5.5.1 LMTP wants LHLO, SMTP wants EHLO: this port speaks the other one "
     "[HK-PROTOCOL]\n250 2.1.0 sender ok\n550 5.1.1 no such mailbox here [HK-RCPT-UNKNOWN]\n"
     "503 5.5.1 say RCPT first [HK-RCPT-FIRST]\n250 2.1.5 recipient ok\n"
     "250 2.1.5 recipient ok\n550 5.1.1 no such mailbox here [HK-RCPT-UNKNOWN]\n"
     "250 2.1.5 recipient ok\n354 end data with <CR><LF>.<CR><LF>\n250 2.0.0 done\n"
     "452 4.2.2 mailbox is full [HK-MAILBOX-FULL]\n250 2.0.0 done\n250 2.0.0 ok\n",
     "hello c\nmail <a@x.example> size=0 7bit\nrcpt <no@y.example>\nrcpt <b@y.example>\n"
     "rcpt <c@y.example>\nrcpt <no@y.example>\nrcpt <d@y.example>\ndata for 3\n"
     "message 4 hi\\r\\n\n"},
    {"submission wants TLS and AUTH",
     submission(),
     {kHello + "MAIL FROM:<a@x.example>\r\nAUTH PLAIN b2s=\r\nSTARTTLS\r\n",
      kHello + "MAIL FROM:<a@x.example>\r\nAUTH PLAIN b2s=\r\nMAIL FROM:<a@x.example>\r\n"
               "AUTH PLAIN b2s=\r\n"},
     "530 5.7.0 must issue a STARTTLS command first [HK-TLS-REQUIRED]\n"
     "538 5.7.11 encryption required for authentication, say STARTTLS first [HK-AUTH-TLS]\n"
     "220 2.0.0 ready to start TLS\n530 5.7.0 authentication required [HK-AUTH-REQUIRED]\n"
     "235 2.7.0 authentication successful\n250 2.1.0 sender ok\n"
     "503 5.5.1 already authenticated [HK-AUTH-TWICE]\n",
     "hello client.example\nstarttls\nhello client.example\nauth PLAIN ok\n"
     "mail <a@x.example> size=0 7bit\n"},
    {"AUTH (RFC 4954)",
     submission(),
     {"AUTH PLAIN\r\n" + kHello +
      "AUTH\r\nAUTH GSSAPI\r\nAUTH PLAIN !\r\nAUTH PLAIN\r\n*\r\n"
      "AUTH LOGIN\r\nno base64\r\nAUTH PLAIN =\r\nauth plain\r\nbm8=\r\n"
      "AUTH PLAIN\r\nb2s=\r\nMAIL FROM:<a@x.example> AUTH=b+2Bc@x.example\r\n"},
     "503 5.5.1 say EHLO first (LHLO with LMTP) [HK-HELO-FIRST]\n"
     "501 5.5.4 syntax error in arguments [HK-ARGUMENT]\n"
     "504 5.5.4 authentication mechanism not offered here [HK-AUTH-MECHANISM]\n"
     "501 5.5.2 not valid base64 [HK-AUTH-BASE64]\n334 bW9yZT8=\n"
     "501 5.7.0 authentication cancelled [HK-AUTH-CANCELLED]\n334 bW9yZT8=\n"
     "501 5.5.2 not valid base64 [HK-AUTH-BASE64]\n"
     "535 5.7.8 authentication credentials invalid [HK-AUTH-FAILED]\n334 bW9yZT8=\n"
     "535 5.7.8 authentication credentials invalid [HK-AUTH-FAILED]\n334 bW9yZT8=\n"
     "235 2.7.0 authentication successful\n250 2.1.0 sender ok\n",
     "hello client.example\nauth PLAIN -\nauth aborted\nauth LOGIN -\nauth aborted\n"
     "auth PLAIN \nauth PLAIN -\nresponse no\nauth PLAIN -\nresponse ok\n"
     "mail <a@x.example> size=0 7bit auth=b+c@x.example\n",
     true},
    {"no AUTH where it is not offered",
     inbound(),
     {kHello + "AUTH PLAIN\r\n"},
     "502 5.5.1 AUTH is not offered here [HK-AUTH-OFF]\n",
     "hello client.example\n"},
    {"addresses that are not ASCII (RFC 6531 3.2)",
     inbound(),
     {kHello + "MAIL FROM:<\xc3\xa9@x.example>\r\n"},
     "550 5.6.7 an address in UTF-8 needs SMTPUTF8 at MAIL [HK-PATH-UTF8]\n",
     "hello client.example\n"},
    {"LHLO is for LMTP",
     inbound(),
     {"LHLO c\r\n"},
     "500 5.5.1 LMTP wants LHLO, SMTP wants EHLO: this port speaks the other one "
     "[HK-PROTOCOL]\n",
     ""},
};

class ServerSessionCase : public testing::TestWithParam<Case> {};

TEST_P(ServerSessionCase, RepliesAndReactions) {
  const Case& c = GetParam();
  const auto run = drive_server(c.config, c.segments, {.tls = c.tls});
  EXPECT_EQ(replies(run), c.replies);
  EXPECT_EQ(run.log, c.log);
}

TEST_P(ServerSessionCase, CutAtEveryOctet) {
  const Case& c = GetParam();
  const auto whole = drive_server(c.config, c.segments, {.tls = c.tls});
  for (const std::size_t chunk : {1UL, 2UL, 3UL, 7UL}) {
    for (const bool keep : {false, true}) {
      const auto cut =
          drive_server(c.config, c.segments, {.chunk = chunk, .keep_input = keep, .tls = c.tls});
      EXPECT_EQ(cut.output, whole.output) << chunk;
      EXPECT_EQ(cut.log, whole.log) << chunk;
    }
  }
  // Two pieces, cut at each place.
  for (std::size_t i = 1; c.segments.size() == 1 && i < c.segments[0].size(); ++i) {
    const std::vector<std::string> two = {c.segments[0].substr(0, i), c.segments[0].substr(i)};
    const auto cut = drive_server(c.config, two, {.keep_input = true, .tls = c.tls});
    EXPECT_EQ(cut.output, whole.output) << i;
    EXPECT_EQ(cut.log, whole.log) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Dialogues, ServerSessionCase, testing::ValuesIn(kCases));

TEST(ServerSession, GreetingAndExtensions) {
  EXPECT_EQ(drive_server(inbound(), {kHello}).output,
            "220 mx.example.org ESMTP hikyaku\r\n250-mx.example.org greets you\r\n"
            "250-PIPELINING\r\n250-SIZE "
            "52428800\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250-"
            "CHUNKING\r\n"
            "250-STARTTLS\r\n250 HELP\r\n");
  EXPECT_EQ(drive_server(submission(), {kHello}, {.tls = true}).output,
            "220 mx.example.org ESMTP hikyaku\r\n250-mx.example.org greets you\r\n"
            "250-PIPELINING\r\n250-SIZE "
            "52428800\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250-"
            "CHUNKING\r\n"
            "250-AUTH PLAIN LOGIN\r\n250 HELP\r\n");
  EXPECT_TRUE(drive_server(lmtp(), {}).output.starts_with("220 mx.example.org LMTP "));
}

TEST(ServerSession, HelpNamesTheCommands) {
  const auto run = drive_server(inbound(), {"HELP\r\n"});
  EXPECT_NE(run.output.find("214-2.0.0 commands: MAIL RCPT DATA"), std::string::npos);
}

// CVE-2011-0411: a man in the middle puts commands behind STARTTLS.
TEST(ServerSession, PlainTextBehindStartTlsIsLost) {
  const ServerConfig config = inbound();
  ServerSession session(config, {});
  ASSERT_TRUE(std::holds_alternative<NeedGreeting>(session.next()));
  session.accept();
  ASSERT_TRUE(std::holds_alternative<NeedInput>(session.next()));
  session.feed("EHLO c\r\nSTARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@x.example>\r\n");
  ASSERT_TRUE(std::holds_alternative<NeedHello>(session.next()));
  session.accept();
  ASSERT_TRUE(std::holds_alternative<StartTls>(session.next()));
  session.tls_started();
  EXPECT_TRUE(std::holds_alternative<NeedInput>(session.next()));
  EXPECT_TRUE(session.injected_before_tls());
  EXPECT_EQ(session.hello(), "");
  EXPECT_TRUE(session.tls());
}

TEST(ServerSession, PipelinedRepliesGoOutTogether) {
  const ServerConfig config = inbound();
  ServerSession session(config, {});
  std::ignore = session.next();
  session.accept();
  std::ignore = session.next();
  std::ignore = session.take_output();
  session.feed("NOOP\r\nRSET\r\nNOOP\r\n");
  ASSERT_TRUE(std::holds_alternative<NeedInput>(session.next()));
  EXPECT_EQ(session.take_output(), "250 2.0.0 ok\r\n250 2.0.0 ok\r\n250 2.0.0 ok\r\n");
}

TEST(ServerSession, OutputIsBounded) {
  std::string flood;
  for (int i = 0; i < 20000; ++i) flood += "NOOP\r\n";
  const ServerConfig config = inbound();
  ServerSession session(config, {});
  std::ignore = session.next();
  session.accept();
  std::ignore = session.next();
  session.feed(flood);
  std::size_t replies_octets = 0;
  while (std::holds_alternative<Flush>(session.next())) {
    const std::string output = session.take_output();
    EXPECT_LT(output.size(), 20000U);
    replies_octets += output.size();
  }
  replies_octets += session.take_output().size();
  EXPECT_GT(replies_octets, 20000 * 14U);
}

TEST(ServerSession, LongLines) {
  ServerConfig config = inbound();
  config.command_octets_max = 512;
  const std::string fits = "NOOP " + std::string(512 - 7, 'x') + "\r\n";
  const std::string over = "NOOP " + std::string(512 - 6, 'x') + "\r\n";
  for (const std::size_t chunk : {1UL << 20, 1UL, 100UL}) {
    const ServerDrive drive{.chunk = chunk};
    EXPECT_EQ(replies(drive_server(config, {fits}, drive)), "250 2.0.0 ok\n");
    EXPECT_EQ(replies(drive_server(config, {over + "NOOP\r\n"}, drive)),
              "500 5.5.2 command line too long [HK-LINE-LONG]\n250 2.0.0 ok\n");
  }
  // With AUTH the reader takes more, but only of AUTH.
  config.mechanisms = {"PLAIN"};
  EXPECT_EQ(replies(drive_server(config, {over + "NOOP\r\n"}, {.tls = true})),
            "500 5.5.2 command line too long [HK-LINE-LONG]\n250 2.0.0 ok\n");
}

TEST(ServerSession, CommandLineOfAMegabyte) {
  const std::string line = "MAIL FROM:<" + std::string(1 << 20, 'a') + "@x.example>\r\n";
  const auto run = drive_server(inbound(), {kHello + line + "NOOP\r\n"}, {.chunk = 1000});
  EXPECT_EQ(replies(run), "500 5.5.2 command line too long [HK-LINE-LONG]\n250 2.0.0 ok\n");
  const auto auth = drive_server(
      submission(), {kHello + "AUTH PLAIN\r\n" + std::string(1 << 20, 'a') + "\r\nNOOP\r\n"},
      {.chunk = 1000, .tls = true});
  EXPECT_EQ(replies(auth),
            "334 bW9yZT8=\n500 5.5.6 authentication exchange line too long [HK-AUTH-LINE-LONG]\n"
            "250 2.0.0 ok\n");
}

TEST(ServerSession, TooManyErrors) {
  ServerConfig config = inbound();
  config.errors_max = 3;
  const auto run = drive_server(config, {"A\r\nB\r\nC\r\nNOOP\r\n"});
  EXPECT_TRUE(run.closed);
  EXPECT_TRUE(run.output.ends_with("421 4.7.0 too many errors, closing [HK-ERRORS]\r\n"));
  EXPECT_EQ(run.log, "close 2\n");
}

TEST(ServerSession, TooManyRecipients) {
  ServerConfig config = inbound();
  config.recipients_max = 2;
  const auto run = drive_server(
      config,
      {kUnder + "RCPT TO:<a@y.example>\r\nRCPT TO:<b@y.example>\r\nRCPT TO:<c@y.example>\r\n"
                "DATA\r\n.\r\n"});
  EXPECT_NE(run.output.find("452 4.5.3 too many recipients"), std::string::npos);
  EXPECT_NE(run.log.find("data for 2\nmessage 0"), std::string::npos);
}

TEST(ServerSession, GuessingAddressesIsStopped) {
  ServerConfig config = inbound();
  config.refused_recipients_max = 3;
  std::string input = kUnder;
  for (int i = 0; i < 5; ++i) input += "RCPT TO:<no@y.example>\r\n";
  EXPECT_TRUE(drive_server(config, {input})
                  .output.ends_with("421 4.7.0 too many errors, closing [HK-ERRORS]\r\n"));
}

TEST(ServerSession, FailedLoginsAreStopped) {
  ServerConfig config = submission();
  config.auth_failures_max = 2;
  const auto run =
      drive_server(config, {kHello + "AUTH PLAIN bm8=\r\nAUTH PLAIN bm8=\r\nAUTH PLAIN b2s=\r\n"},
                   {.tls = true});
  EXPECT_TRUE(
      run.output.ends_with("421 4.7.0 too many failed logins, closing [HK-AUTH-LIMIT]\r\n"));
  EXPECT_TRUE(run.closed);
}

TEST(ServerSession, MessageTooBig) {
  ServerConfig config = inbound();
  config.message_octets_max = 10;
  const std::string start = kUnder + "RCPT TO:<b@y.example>\r\nDATA\r\n";
  EXPECT_TRUE(drive_server(config, {start + "12345678\r\n.\r\n"}).output.ends_with("taken\r\n"));
  for (const std::size_t chunk : {1UL << 20, 1UL}) {
    const auto run = drive_server(config, {start + "123456789\r\n.\r\nNOOP\r\n"}, {.chunk = chunk});
    EXPECT_TRUE(run.output.ends_with(
        "552 5.3.4 message is larger than this server takes [HK-DATA-SIZE]\r\n250 2.0.0 ok\r\n"));
    EXPECT_TRUE(run.messages.empty());
    EXPECT_FALSE(run.closed);
  }
  // One that does not end is not read for ever.
  config.drain_octets_max = 1000;
  const auto run =
      drive_server(config, {start, std::string(5000, 'x'), "NOOP\r\n"}, {.chunk = 100});
  EXPECT_TRUE(run.closed);
  EXPECT_TRUE(run.output.ends_with("[HK-DATA-SIZE]\r\n"));
}

TEST(ServerSession, RefusedAtTheGreeting) {
  const ServerConfig config = inbound();
  {
    ServerSession session(config, {});
    std::ignore = session.next();
    session.refuse(refusal(reason::kTooManyConnections));
    EXPECT_TRUE(std::holds_alternative<Close>(session.next()));
    EXPECT_TRUE(session.take_output().starts_with("421 too many connections"));
  }
  ServerSession session(config, {});  // RFC 5321 §3.1: 554, then 503 until QUIT
  std::ignore = session.next();
  session.refuse(refusal(reason::kClientRefused));
  ASSERT_TRUE(std::holds_alternative<NeedInput>(session.next()));
  EXPECT_EQ(session.take_output(), "554 this client may not connect [HK-CLIENT]\r\n");
  session.feed("EHLO c\r\nQUIT\r\n");
  EXPECT_TRUE(std::holds_alternative<Close>(session.next()));
  EXPECT_EQ(session.take_output(),
            "503 5.5.1 bad sequence of commands [HK-SEQUENCE]\r\n"
            "221 2.0.0 mx.example.org closing\r\n");
}

/// A session in DATA, after the 354.
ServerSession in_data(const ServerConfig& config) {
  ServerSession session(config, {});
  std::ignore = session.next();
  session.accept();
  std::ignore = session.next();
  session.feed("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<a@y.example>\r\nDATA\r\n");
  for (int i = 0; i < 4; ++i) {
    std::ignore = session.next();
    session.accept();
  }
  EXPECT_TRUE(std::holds_alternative<NeedInput>(session.next()));
  EXPECT_TRUE(session.in_data());
  std::ignore = session.take_output();
  return session;
}

TEST(ServerSession, TimeoutAndShutdownBetweenCommands) {
  const ServerConfig config = inbound();
  for (const bool timeout : {true, false}) {
    ServerSession session(config, {});
    std::ignore = session.next();
    session.accept();
    std::ignore = session.next();
    std::ignore = session.take_output();
    if (timeout) {
      session.timed_out();
    } else {
      session.shut_down();
    }
    const auto reaction = session.next();
    ASSERT_TRUE(std::holds_alternative<Close>(reaction));
    EXPECT_EQ(std::get<Close>(reaction).reason,
              timeout ? CloseReason::kTimeout : CloseReason::kShutdown);
    EXPECT_TRUE(session.take_output().starts_with(timeout ? "421 4.4.2" : "421 4.3.2"));
  }
}

TEST(ServerSession, ShutdownLetsAMessageFinish) {
  const ServerConfig config = inbound();
  ServerSession session = in_data(config);
  session.shut_down();
  session.feed("hi\r\n.\r\nNOOP\r\n");
  EXPECT_TRUE(std::holds_alternative<DataChunk>(session.next()));
  EXPECT_TRUE(std::holds_alternative<DataEnd>(session.next()));
  session.accept();
  EXPECT_TRUE(std::holds_alternative<Close>(session.next()));
  EXPECT_EQ(session.take_output(),
            "250 2.0.0 message accepted\r\n"
            "421 4.3.2 server is shutting down, connect again [HK-SHUTDOWN]\r\n");
}

TEST(ServerSession, FailureWhileDataComesIn) {
  const ServerConfig config = inbound();
  ServerSession session = in_data(config);
  session.feed("a\r\n");
  EXPECT_TRUE(std::holds_alternative<DataChunk>(session.next()));
  session.refuse_data(refusal(reason::kDiskFull));
  EXPECT_TRUE(std::holds_alternative<NeedInput>(session.next()));
  session.feed("b\r\n.\r\n");
  EXPECT_TRUE(std::holds_alternative<NeedInput>(session.next()));
  EXPECT_EQ(session.take_output(), "452 4.3.1 storage is full, try again later [HK-DISK-FULL]\r\n");
  EXPECT_TRUE(session.idle());
}

TEST(ServerSession, DataIsHandedOutWithoutACopy) {
  const ServerConfig config = inbound();
  ServerSession session = in_data(config);
  const std::string octets = "Subject: x\r\n\r\nline\r\nline\r\n..stuffed\r\nend\r\n.\r\n";
  session.feed(octets);
  const auto first = session.next();
  ASSERT_TRUE(std::holds_alternative<DataChunk>(first));
  EXPECT_EQ(std::get<DataChunk>(first).octets.data(), octets.data());
  EXPECT_EQ(std::get<DataChunk>(first).octets, "Subject: x\r\n\r\nline\r\nline\r\n");
  const auto second = session.next();
  ASSERT_TRUE(std::holds_alternative<DataChunk>(second));
  EXPECT_EQ(std::get<DataChunk>(second).octets, ".stuffed\r\nend\r\n");
}

TEST(ServerSession, TooManyMessages) {
  ServerConfig config = inbound();
  config.messages_max = 1;
  const std::string message =
      "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\nhi\r\n.\r\n";
  const auto run = drive_server(config, {kHello + message + message});
  EXPECT_EQ(run.messages.size(), 1U);
  EXPECT_TRUE(run.closed);
  EXPECT_NE(run.output.find("421 4.5.0 too many messages"), std::string::npos);
}

}  // namespace
}  // namespace hikyaku::smtp
