// SPDX-License-Identifier: Apache-2.0
// Goal: sessions as in RFC 1939 go as there, however they are cut; nothing is deleted without QUIT;
// no password before TLS; output and input stay bounded.
#include "protocol/pop3/server_session.h"

#include <gtest/gtest.h>

#include "protocol/pop3/testing/dialogue.h"

namespace hikyaku::pop3 {
namespace {

using std::string_literals::operator""s;

DialogueScript script(ChannelSecurity channel = ChannelSecurity::kEncrypted) {
  DialogueScript script;
  script.settings.channel = channel;
  script.settings.can_start_tls = true;
  if (channel == ChannelSecurity::kEncrypted) script.settings.mechanisms = {"PLAIN", "LOGIN"};
  script.settings.greeting = "ready";
  script.messages = {"A: b\r\n\r\n1\r\n.2\r\n3\r\n",
                     "C: d\r\n\r\n" + std::string(200, 'x') + "\r\n"};
  return script;
}

/// The replies behind the greeting, the same for every cut.
DialogueResult talk(const DialogueScript& with, const std::string& input) {
  DialogueResult whole = dialogue(with, {input});
  const std::string_view view = input;
  std::vector<std::string_view> octets;
  for (std::size_t i = 0; i < input.size(); ++i) {
    const DialogueResult cut = dialogue(with, {view.substr(0, i), view.substr(i)});
    EXPECT_EQ(cut.sent, whole.sent) << i;
    EXPECT_EQ(cut.deleted, whole.deleted) << i;
    octets.push_back(view.substr(i, 1));
  }
  EXPECT_EQ(dialogue(with, octets).sent, whole.sent);
  EXPECT_TRUE(whole.sent.starts_with("+OK ready\r\n"));
  whole.sent.erase(0, 11);
  return whole;
}

const std::string kLogin = "USER mrose\r\nPASS secret\r\n";
const std::string kLoggedIn = "+OK now the password\r\n+OK logged in, 2 messages\r\n";

// RFC 1939 §10, with our texts.
TEST(Pop3Session, Rfc1939Section10) {
  const DialogueResult result =
      talk(script(), kLogin + "STAT\r\nLIST\r\nRETR 1\r\nDELE 1\r\nRETR 2\r\nDELE 2\r\nQUIT\r\n");
  EXPECT_EQ(
      result.sent,
      kLoggedIn +
          "+OK 2 228\r\n+OK 2 messages\r\n1 18\r\n2 210\r\n.\r\n"
          "+OK the message follows\r\nA: b\r\n\r\n1\r\n..2\r\n3\r\n.\r\n+OK marked as deleted\r\n"
          "+OK the message follows\r\nC: d\r\n\r\n" +
          std::string(200, 'x') + "\r\n.\r\n+OK marked as deleted\r\n+OK goodbye\r\n");
  EXPECT_EQ(result.deleted, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_TRUE(result.closed);
}

TEST(Pop3Session, DeletesNothingWithoutQuit) {
  EXPECT_TRUE(talk(script(), kLogin + "DELE 1\r\n").deleted.empty());
  EXPECT_TRUE(talk(script(), kLogin + "DELE 1\r\nRSET\r\nQUIT\r\n").deleted.empty());
  EXPECT_TRUE(talk(script(), kLogin + "DELE 1\r\nQUIT now\r\n").deleted.empty());
  EXPECT_TRUE(talk(script(), kLogin + "DELE 1\r\n" + std::string(5000, 'x')).deleted.empty());
}

// RFC 1939 §5, §7: what is marked is as if it were not there.
TEST(Pop3Session, HidesWhatIsMarked) {
  const std::string sent = talk(script(), kLogin +
                                              "DELE 1\r\nSTAT\r\nLIST\r\nUIDL\r\nLIST 1\r\nRETR "
                                              "1\r\nDELE 1\r\nUIDL 2\r\nRSET\r\nSTAT\r\n")
                               .sent;
  const std::string gone = "-ERR the message is marked as deleted; RSET takes that back\r\n";
  EXPECT_EQ(sent, kLoggedIn +
                      "+OK marked as deleted\r\n+OK 1 210\r\n+OK 1 messages\r\n2 210\r\n.\r\n"
                      "+OK 1 messages\r\n2 7.2\r\n.\r\n" +
                      gone + gone + gone +
                      "+OK 2 7.2\r\n+OK no message is marked as deleted\r\n+OK 2 228\r\n");
}

TEST(Pop3Session, Top) {
  const std::string sent =
      talk(script(), kLogin + "TOP 1 0\r\nTOP 1 2\r\nTOP 1 99\r\nTOP 1\r\nTOP 9 1\r\n").sent;
  const std::string head = "+OK the message follows\r\nA: b\r\n\r\n";
  EXPECT_EQ(sent,
            kLoggedIn + head + ".\r\n" + head + "1\r\n..2\r\n.\r\n" + head +
                "1\r\n..2\r\n3\r\n.\r\n"
                "-ERR the number of lines is missing, like: TOP 1 10\r\n-ERR no such message\r\n");
}

TEST(Pop3Session, RefusesBadArguments) {
  for (const char* number : {"", "0", "3", "-1", "1x", "99999999999", "x"}) {
    const std::string sent = talk(script(), kLogin + "RETR " + number + "\r\n").sent;
    EXPECT_TRUE(sent.starts_with(kLoggedIn + "-ERR ")) << number;
  }
  for (const char* command :
       {"STAT x", "NOOP x", "RSET x", "QUIT x", "CAPA x", "FROB", "", " STAT"}) {
    const std::string sent = talk(script(), kLogin + command + "\r\nNOOP\r\n").sent;
    EXPECT_TRUE(sent.starts_with(kLoggedIn + "-ERR ")) << command;
    EXPECT_TRUE(sent.ends_with("+OK nothing done\r\n")) << command;
  }
  EXPECT_EQ(talk(script(), "NO\0OP\r\nNOOP\rx\r\n"s).sent,
            "-ERR there is no such command\r\n-ERR there is no such command\r\n");
}

// RFC 1939 §3: the states.
TEST(Pop3Session, ChecksTheState) {
  for (const char* command :
       {"STAT", "LIST", "RETR 1", "DELE 1", "NOOP", "RSET", "TOP 1 1", "UIDL"}) {
    EXPECT_EQ(talk(script(), command + "\r\n"s).sent, "-ERR log in first\r\n") << command;
  }
  for (const char* command : {"USER x", "PASS x", "AUTH PLAIN", "STLS"}) {
    EXPECT_EQ(talk(script(), kLogin + command + "\r\n").sent,
              kLoggedIn + "-ERR you are logged in already\r\n");
  }
  EXPECT_EQ(talk(script(), "QUIT\r\n").sent, "+OK goodbye\r\n");
}

TEST(Pop3Session, Logins) {
  EXPECT_EQ(talk(script(), "PASS secret\r\n").sent, "-ERR USER comes first\r\n");
  // RFC 1939 §7: the password may have spaces; after a failure USER comes again.
  EXPECT_EQ(talk(script(), "USER mrose\r\nPASS sec ret \r\nPASS secret\r\n").sent,
            "+OK now the password\r\n-ERR [AUTH] wrong user name or password\r\n-ERR USER comes "
            "first\r\n");
  const std::pair<LoginFailure, const char*> failures[] = {
      {LoginFailure::kInUse, "[IN-USE] "},
      {LoginFailure::kTemporary, "[SYS/TEMP] "},
      {LoginFailure::kPermanent, "[SYS/PERM] "},
      {LoginFailure::kDelay, "[LOGIN-DELAY] "},
      {LoginFailure::kMalformed, ""},
  };
  for (const auto& [failure, code] : failures) {
    DialogueScript with = script();
    with.login_failure = failure;
    EXPECT_EQ(talk(with, kLogin).sent, "+OK now the password\r\n-ERR "s + code + "not now\r\n");
  }
}

// RFC 5034 §4.
TEST(Pop3Session, Auth) {
  EXPECT_EQ(talk(script(), "AUTH PLAIN secret\r\n").sent, "+OK logged in, 2 messages\r\n");
  EXPECT_EQ(talk(script(), "AUTH PLAIN\r\nsecret\r\n").sent, "+ \r\n+OK logged in, 2 messages\r\n");
  EXPECT_EQ(talk(script(), "AUTH PLAIN\r\n*\r\nNOOP\r\n").sent,
            "+ \r\n-ERR [AUTH] wrong user name or password\r\n-ERR log in first\r\n");
  EXPECT_EQ(talk(script(), "AUTH\r\n").sent, "+OK mechanisms\r\nPLAIN\r\nLOGIN\r\n.\r\n");
  EXPECT_EQ(talk(script(), "AUTH PLAIN a b\r\n").sent, "-ERR this command has no arguments\r\n");
}

// RFC 2595 §4, RFC 2449 §6.
TEST(Pop3Session, StartsTls) {
  const DialogueScript plain = script(ChannelSecurity::kPlain);
  const std::string common = "TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n";
  EXPECT_EQ(talk(plain, "CAPA\r\n").sent,
            "+OK what this server can do\r\n" + common + "STLS\r\nEXPIRE NEVER\r\n.\r\n");
  EXPECT_EQ(talk(script(), "CAPA\r\nSTLS\r\n").sent,
            "+OK what this server can do\r\n" + common +
                "USER\r\nSASL PLAIN LOGIN\r\nEXPIRE NEVER\r\n.\r\n-ERR the connection is encrypted "
                "already\r\n");
  const std::string refused = "-ERR encryption comes first: use STLS, or the port for TLS\r\n";
  EXPECT_EQ(talk(plain, kLogin).sent, refused + refused);
  DialogueScript without = plain;
  without.settings.can_start_tls = false;
  EXPECT_EQ(talk(without, "STLS\r\n").sent, "-ERR there is no TLS here\r\n");
  // What came along with STLS was not encrypted, and is dropped; the user name too.
  EXPECT_EQ(dialogue(plain, {"STLS\r\nUSER mrose\r\n", "PASS secret\r\n"}).sent,
            "+OK ready\r\n+OK begin TLS\r\n-ERR USER comes first\r\n");
  EXPECT_EQ(dialogue(plain, {"STLS\r\n", kLogin}).sent,
            "+OK ready\r\n+OK begin TLS\r\n" + kLoggedIn);
}

TEST(Pop3Session, SaysWhatFails) {
  DialogueScript with = script();
  with.messages_fail = true;
  with.commit = ServerSession::Committed::kSome;
  const DialogueResult result = talk(with, kLogin + "RETR 1\r\nDELE 1\r\nQUIT\r\n");
  EXPECT_EQ(result.sent,
            kLoggedIn +
                "-ERR [SYS/TEMP] the store does not answer\r\n+OK marked as deleted\r\n"
                "-ERR [SYS/TEMP] some messages were not deleted; they will be there next time\r\n");
  EXPECT_TRUE(result.closed);
}

TEST(Pop3Session, HoldsItsLimits) {
  DialogueScript with = script();
  with.settings.limits.line_octets_max = 100;
  with.settings.limits.auth_line_octets_max = 200;
  with.settings.limits.bad_commands_max = 3;
  with.settings.limits.output_octets = 1000;
  with.messages.assign(5000, "x\r\n");
  for (const std::string& input : {std::string(101, 'x'), std::string(100, 'x') + "\r\n",
                                   "AUTH PLAIN\r\n" + std::string(201, 'x')}) {
    const DialogueResult result = talk(with, input);
    EXPECT_TRUE(result.sent.ends_with("-ERR the line is too long\r\n")) << input;
    EXPECT_TRUE(result.closed);
  }
  EXPECT_TRUE(talk(with, "a\r\nb\r\nc\r\nd\r\ne\r\n").closed);
  EXPECT_FALSE(talk(with, "a\r\nb\r\nc\r\nCAPA\r\nd\r\n").closed);
  const DialogueResult listing = dialogue(with, {kLogin + "LIST\r\nUIDL\r\nNOOP\r\n"});
  EXPECT_LT(listing.output_octets_max, 1100U);
  EXPECT_TRUE(listing.sent.ends_with("5000 7.5000\r\n.\r\n+OK nothing done\r\n"));
}

TEST(Pop3Session, EndsWithoutUpdate) {
  ServerSession session(script().settings);
  session.end("idle for too long");
  EXPECT_TRUE(std::holds_alternative<Close>(session.next()));
  EXPECT_EQ(session.output(), "+OK ready\r\n-ERR idle for too long\r\n");
}

}  // namespace
}  // namespace hikyaku::pop3
