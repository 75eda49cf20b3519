// SPDX-License-Identifier: Apache-2.0
// Goal: a transcript gives the same reactions however it is cut; literals are asked for only if
// they are wanted; what is refused is skipped up to the next command; nothing grows beyond its
// limit.
#include "protocol/imap/server_reader.h"

#include <gtest/gtest.h>

#include "protocol/imap/testing/replay.h"

namespace hikyaku::imap {
namespace {

using std::string_literals::operator""s;

Limits small() {
  Limits limits;
  limits.line_octets_max = 64;
  limits.command_octets_max = 128;
  limits.line_octets_before_login_max = 64;
  limits.command_octets_before_login_max = 96;
  limits.message_octets_max = 100;
  limits.skip_octets_max = 300;
  limits.bad_commands_max = 3;
  return limits;
}

struct Case {
  std::string input;
  std::string log;
  State state = State::kSelected;
};

/// The whole in one piece, cut in two at every octet, and octet by octet.
void expect_log(const Case& c, const Limits& limits = {}) {
  ReplayScript script;
  script.state = c.state;
  script.limits = limits;
  EXPECT_EQ(replay(script, {c.input}), c.log) << c.input;
  std::vector<std::string_view> octets;
  for (std::size_t i = 0; i < c.input.size(); ++i) {
    const std::string_view all = c.input;
    ASSERT_EQ(replay(script, {all.substr(0, i), all.substr(i)}), c.log)
        << c.input << "\ncut at " << i;
    octets.push_back(all.substr(i, 1));
  }
  ASSERT_EQ(replay(script, octets), c.log) << c.input;
}

TEST(ServerReader, CutsCommands) {
  expect_log({"a1 NOOP\r\na2 capability\r\n", "a1 NOOP\na2 CAPABILITY\n"});
  expect_log({"a1 uid fetch 1:* flags\r\n", "a1 UID FETCH\n"});
  expect_log({"a1 NOOP\n", "a1 NOOP\n"});  // a bare LF
  expect_log({"a1 NOOP \r\na2 CLOSE  \r\n", "a1 NOOP\na2 CLOSE\n"});
}

TEST(ServerReader, RefusesWhatIsNoCommand) {
  expect_log({"\r\n", "* BAD an empty line is no command\n"});
  expect_log({"a1\r\n", "a1 BAD a command is missing behind the tag\n"});
  expect_log({"a1 \r\n", "a1 BAD a command is missing behind the tag\n"});
  expect_log({" NOOP\r\n", "* BAD a command begins with a tag, like: a1 NOOP\n"});
  expect_log({"+ NOOP\r\n", "* BAD a command begins with a tag, like: a1 NOOP\n"});
  expect_log({"a1 FROB\r\n", "a1 BAD there is no such command\n"});
  expect_log({"a1 UID\r\n", "a1 BAD there is no such command\n"});
  expect_log({"a1 UID NOOP\r\n", "a1 BAD there is no such command\n"});
  expect_log({"a1 NOOP x\r\n", "a1 BAD there is more than this command takes\n"});
  expect_log(
      {"a1 NO\rOP\r\na2 NOOP\r\n", "a1 BAD CR stands only before LF, and NUL nowhere\na2 NOOP\n"});
  expect_log(
      {"a1 NOOP\0\r\na2 NOOP\r\n"s, "a1 BAD CR stands only before LF, and NUL nowhere\na2 NOOP\n"});
}

// RFC 9051 §3: the states.
TEST(ServerReader, ChecksTheState) {
  const auto now = State::kNotAuthenticated;
  expect_log({"a SELECT INBOX\r\n", "a BAD log in first\n", now});
  expect_log({"a SELECT {5}\r\n", "a BAD log in first\n", now});
  expect_log({"a APPEND x {5}\r\n", "a BAD log in first\n", now});
  expect_log({"a APPEND x {5+}\r\nhello\r\nb NOOP\r\n", "a BAD log in first\nb NOOP\n", now});
  expect_log({"a LOGIN u p\r\n", "a BAD you are logged in already\n"});
  expect_log({"a STARTTLS\r\n", "a BAD you are logged in already\n"});
  expect_log({"a FETCH 1 FLAGS\r\n", "a BAD select a mailbox first\n", State::kAuthenticated});
}

// RFC 9051 §6.2.3 and §4.3: literals are asked for.
TEST(ServerReader, TakesLiterals) {
  const auto now = State::kNotAuthenticated;
  expect_log({"a001 LOGIN {11}\r\nFRED FOOBAR {7}\r\nfat man\r\na2 NOOP\r\n",
              "+\n+\na001 LOGIN FRED FOOBAR/fat man\na2 NOOP\n", now});
  // RFC 7888 §3: the same without waiting.
  expect_log({"A001 LOGIN {11+}\r\nFRED FOOBAR {7+}\r\nfat man\r\n",
              "A001 LOGIN FRED FOOBAR/fat man\n", now});
  expect_log({"a LOGIN {2+}\r\n\r\n {0+}\r\n\r\n", "a LOGIN \r\n/\n", now});
  // A literal that looks like the end of a line with a literal.
  expect_log({"a LOGIN {5+}\r\n{3}\r\n x\r\nb NOOP\r\n", "a LOGIN {3}\r\n/x\nb NOOP\n", now});
}

TEST(ServerReader, RefusesLiteralsBeforeTheyAreSent) {
  expect_log({"a FROB {5}\r\nb NOOP\r\n", "a BAD there is no such command\nb NOOP\n"});
  expect_log({"a FROB {5+}\r\nhello {3+}\r\nyou\r\nb NOOP\r\n",
              "a BAD there is no such command\nb NOOP\n"});
  // The client waits at a literal inside of what is skipped: it gets the reply there.
  expect_log(
      {"a FROB {5+}\r\nhello {3}\r\nb NOOP\r\n", "a BAD there is no such command\nb NOOP\n"});
  expect_log({"a SELECT ~{5}\r\nb NOOP\r\n", "a BAD a literal8 can't stand here\nb NOOP\n"});
  expect_log({"a SELECT {99999999999999999999999}\r\nb NOOP\r\n",
              "a NO [LIMIT] the literal is too long for this command\nb NOOP\n"});
}

TEST(ServerReader, HoldsItsLimits) {
  const std::string x(200, 'x');
  expect_log({"a SELECT " + x + "\r\nb NOOP\r\n",
              "a BAD [LIMIT] the command is too long; send it in parts\nb NOOP\n"},
             small());
  expect_log({"a SELECT " + x + " {3+}\r\nabc\r\nb NOOP\r\n",
              "a BAD [LIMIT] the command is too long; send it in parts\nb NOOP\n"},
             small());
  expect_log({"a SELECT {120}\r\nb NOOP\r\n",
              "a NO [LIMIT] the literal is too long for this command\nb NOOP\n"},
             small());
  expect_log({"a SELECT {120+}\r\n" + x.substr(0, 120) + "\r\nb NOOP\r\n",
              "a NO [LIMIT] the literal is too long for this command\nb NOOP\n"},
             small());
  // The longest line there may be, and one octet more.
  const std::string line = "a SELECT " + x.substr(0, 55);
  expect_log({line + "\r\n" + line + "\n" + line + "x\r\n" + line + "x\n" + x + "\r\n",
              "a SELECT\na SELECT\n"
              "a BAD [LIMIT] the command is too long; send it in parts\n"
              "a BAD [LIMIT] the command is too long; send it in parts\n"
              "* BAD [LIMIT] the command is too long; send it in parts\n"},
             small());
  // Many small literals are one large command.
  std::string many = "a LIST {0+}\r\n";
  for (int i = 0; i < 20; ++i) many += " {0+}\r\n";
  expect_log({many + "\r\nb NOOP\r\n",
              "a BAD [LIMIT] the command is too long; send it in parts\nb NOOP\n"},
             small());
  expect_log(
      {"a SELECT {400+}\r\n", "BYE the literal is too large; use one that waits, like {310}\n"},
      small());
  expect_log({"a SELECT " + x + x, "BYE the line is too long\n"}, small());
}

TEST(ServerReader, HangsUpOnNoise) {
  expect_log(
      {"a\r\nb\r\nc NOOP\r\nd\r\ne\r\nf\r\ng\r\n",
       "a BAD a command is missing behind the tag\nb BAD a command is missing behind the tag\n"
       "c NOOP\nd BAD a command is missing behind the tag\ne BAD a command is missing behind the "
       "tag\nf BAD a command is missing behind the tag\n"
       "BYE too many commands in a row that can't be understood\n"},
      small());
}

// RFC 9051 §6.3.12.
TEST(ServerReader, StreamsAppend) {
  expect_log(
      {"A003 APPEND saved-messages (\\Seen) {5}\r\nhello\r\nb NOOP\r\n",
       "A003 APPEND saved-messages #0 (\\Seen) 5\n+\n<hello>\nA003 END saved-messages\nb NOOP\n"});
  expect_log({"A003 APPEND {5}\r\ninbox \"17-Jul-1996 02:44:25 -0700\" {2+}\r\nhi\r\n",
              "+\nA003 APPEND INBOX #0 () @837596665 2\n<hi>\nA003 END INBOX\n"});
  expect_log(
      {"a APPEND x ~{3}\r\n\0\r\n\r\n"s, "a APPEND x #0 () 3 literal8\n+\n<\0\r\n>\na END x\n"s});
  // RFC 6855 §4.
  expect_log({"a APPEND x UTF8 (~{3}\r\nabc)\r\n", "a APPEND x #0 () 3 utf8\n+\n<abc>\na END x\n"});
}

// RFC 3502 §6.3.11.
TEST(ServerReader, StreamsMultiappend) {
  expect_log(
      {"A003 APPEND saved-messages (\\Seen) {3}\r\nabc () \"17-Jul-1996 02:44:25 -0700\" "
       "{2+}\r\nde\r\nb NOOP\r\n",
       "A003 APPEND saved-messages #0 (\\Seen) 3\n+\n<abc>\n"
       "A003 APPEND saved-messages #1 () @837596665 2\n<de>\nA003 END saved-messages\nb NOOP\n"});
  // A literal without octets gives up.
  expect_log({"a APPEND x {3+}\r\nabc {0+}\r\n\r\nb NOOP\r\n",
              "a APPEND x #0 () 3\n<abc>\na NO the message is empty\nb NOOP\n"});
  expect_log({"a APPEND x {3+}\r\nabc oops\r\nb NOOP\r\n",
              "a APPEND x #0 () 3\n<abc>\na BAD expected the message, as a literal\nb NOOP\n"});
}

TEST(ServerReader, RefusesAppend) {
  expect_log({"a APPEND x {101}\r\nb NOOP\r\n",
              "a NO [TOOBIG] the message is larger than this server takes\nb NOOP\n"},
             small());
  expect_log({"a APPEND x {101+}\r\n" + std::string(101, '\n') + "\r\nb NOOP\r\n",
              "a NO [TOOBIG] the message is larger than this server takes\nb NOOP\n"},
             small());
  expect_log({"a APPEND x\r\nb NOOP\r\n",
              "a BAD APPEND needs a mailbox and a message, as a literal\nb NOOP\n"});
  expect_log({"a APPEND x (\\Foo) {3+}\r\nabc\r\nb NOOP\r\n",
              "a BAD there is no such system flag; keywords have no backslash\nb NOOP\n"});
  expect_log({"a APPEND x UTF8 ({3+}\r\nabc)\r\nb NOOP\r\n",
              "a BAD UTF8 needs a literal8, like ~{310}\nb NOOP\n"});
  expect_log(
      {"a APPEND x UTF8 (~{3+}\r\nabc\r\nb NOOP\r\n",
       "a APPEND x #0 () 3 utf8\n<abc>\na BAD expected \")\", but the command ends\nb NOOP\n"});
}

// The server's own refusals: quota, no such mailbox, a store that fails midway.
TEST(ServerReader, LetsTheServerRefuseAppend) {
  for (const bool non_sync : {false, true}) {
    const std::string plus = non_sync ? "+" : "";
    ReplayScript script;
    script.state = State::kAuthenticated;
    script.refuse = ReplayScript::Refuse::kAsked;
    const std::string asked = non_sync ? "a APPEND x {5+}\r\nhello {2+}\r\nyo\r\nb NOOP\r\n"
                                       : "a APPEND x {5}\r\nb NOOP\r\n";
    EXPECT_EQ(replay(script, {asked}), "a APPEND x #0 () 5\na NO [TRYCREATE] refused\nb NOOP\n");
    script.refuse = ReplayScript::Refuse::kAccepted;
    EXPECT_EQ(replay(script, {asked}), "a APPEND x #0 () 5\na NO [TRYCREATE] refused\nb NOOP\n");
    const std::string whole = "a APPEND x {5" + plus + "}\r\nhello\r\nb NOOP\r\n";
    const std::string_view view = whole;
    for (std::size_t i = 0; i <= whole.size(); ++i) {
      script.refuse = ReplayScript::Refuse::kData;
      std::string log = replay(script, {view.substr(0, i), view.substr(i)});
      EXPECT_TRUE(log.ends_with(">\na NO [TRYCREATE] refused\nb NOOP\n")) << log;
      script.refuse = ReplayScript::Refuse::kEnd;
      log = replay(script, {view.substr(0, i), view.substr(i)});
      EXPECT_TRUE(log.ends_with("<hello>\na NO [TRYCREATE] refused\nb NOOP\n")) << log;
    }
  }
}

TEST(ServerReader, ReadsLines) {
  ServerReader reader;
  reader.feed("a AUTHENTICATE PLAIN\r\nAGEAYg==\r\n*\r\nb NOOP\r\n");
  EXPECT_TRUE(std::holds_alternative<Received>(reader.next()));
  reader.read_line(8);
  EXPECT_EQ(std::get<Line>(reader.next()).text, "AGEAYg==");
  reader.read_line(8);
  EXPECT_EQ(std::get<Line>(reader.next()).text, "*");
  EXPECT_TRUE(std::holds_alternative<Received>(reader.next()));
  EXPECT_TRUE(std::holds_alternative<NeedInput>(reader.next()));
  for (const char* text : {"123456789\r\n", "12345678\r", "123456789"}) {
    ServerReader other;
    other.read_line(8);
    other.feed(text);
    const Reaction reaction = other.next();
    if (std::string_view(text).ends_with('\r')) {
      EXPECT_TRUE(std::holds_alternative<NeedInput>(reaction));
    } else {
      EXPECT_TRUE(std::holds_alternative<HangUp>(reaction)) << text;
    }
  }
}

TEST(ServerReader, WipesPasswords) {
  ServerReader reader;
  reader.feed("a LOGIN tim tanstaaf\r\nb NOOP\r\n");
  const Reaction login = reader.next();
  const std::string_view tag_place = std::get<Received>(login).command.tag;
  EXPECT_EQ(tag_place, "a");
  EXPECT_EQ(std::get<Login>(std::get<Received>(login).command.body).password.reveal(), "tanstaaf");
  reader.read_line(100);
  const std::string_view line = std::get<Line>(reader.next()).text;
  ASSERT_EQ(line, "b NOOP");
  // The line lies 22 octets behind the first command, in the same buffer.
  const std::string_view before(line.data() - 22, 22);
  EXPECT_EQ(before, std::string(22, '\0'));
}

TEST(ServerReader, DiscardsWhatCameBeforeTls) {
  ServerReader reader;
  reader.feed("a STARTTLS\r\nb LOGIN x y\r\n");
  EXPECT_TRUE(std::holds_alternative<Received>(reader.next()));
  EXPECT_TRUE(reader.has_pending());
  reader.discard();
  EXPECT_FALSE(reader.has_pending());
  EXPECT_TRUE(std::holds_alternative<NeedInput>(reader.next()));
  reader.feed("c NOOP\r\n");
  EXPECT_EQ(std::get<Received>(reader.next()).command.tag, "c");
}

}  // namespace
}  // namespace hikyaku::imap
