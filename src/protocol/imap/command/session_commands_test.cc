// SPDX-License-Identifier: Apache-2.0
// Goal: the commands about the session read as in RFC 9051 §6.1, §6.2, §6.3.1 and RFC 2971.
#include <gtest/gtest.h>

#include "protocol/imap/testing/parse.h"

namespace hikyaku::imap {
namespace {

using std::string_literals::operator""s;

TEST(BareCommands, HaveNoArguments) {
  for (const char* name : {"CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "NAMESPACE", "IDLE", "CHECK",
                           "CLOSE", "UNSELECT"}) {
    EXPECT_TRUE(parse_body(name)) << name;
    EXPECT_FALSE(parse_body(name + " x"s)) << name;
  }
}

TEST(Login, Reads) {
  const Login login = parse_as<Login>("LOGIN SMITH SESAME").value();
  EXPECT_EQ(login.user, "SMITH");
  EXPECT_EQ(login.password.reveal(), "SESAME");
  EXPECT_EQ(parse_as<Login>("LOGIN \"a b\" \"p\\\"\\\\w\"").value().password.reveal(), "p\"\\w");
  EXPECT_EQ(parse_as<Login>("LOGIN a \"\"").value().password.size(), 0U);
  EXPECT_EQ(parse_as<Login>("LOGIN a ]x").value().password.reveal(), "]x");
  EXPECT_EQ(parse_as<Login>("LOGIN a \"\xc3\xa9\"").value().password.reveal(), "\xc3\xa9");
  for (const char* text :
       {"", " ", " a", " a ", " a b c", " a b%", " a \"b", " a {3}\r\nab", " a  b"}) {
    EXPECT_FALSE(parse_body("LOGIN"s + text)) << text;
  }
}

TEST(Authenticate, Reads) {
  EXPECT_EQ(parse_as<Authenticate>("AUTHENTICATE gssapi").value().mechanism, "GSSAPI");
  // RFC 4959 §4.
  const Authenticate plain =
      parse_as<Authenticate>("AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=").value();
  EXPECT_EQ(plain.initial.value().reveal(), "dGVzdAB0ZXN0AHRlc3Q=");
  EXPECT_EQ(parse_as<Authenticate>("AUTHENTICATE EXTERNAL =").value().initial.value().reveal(),
            "=");
  for (const char* text : {"", " ", " PLAIN ", " PLAIN a b", " PLAIN \"x\""}) {
    EXPECT_FALSE(parse_body("AUTHENTICATE"s + text)) << text;
  }
}

TEST(Enable, Reads) {
  EXPECT_EQ(parse_as<Enable>("ENABLE CONDSTORE x-good-idea").value().capabilities,
            (std::vector<std::string>{"CONDSTORE", "X-GOOD-IDEA"}));
  EXPECT_FALSE(parse_body("ENABLE"));
  EXPECT_FALSE(parse_body("ENABLE "));
}

// RFC 2971 §3.1.
TEST(ClientIdCommand, Reads) {
  const ClientId id =
      parse_as<ClientId>("ID (\"name\" \"sodr\" \"version\" \"19.34\" \"os\" NIL)").value();
  ASSERT_EQ(id.fields.size(), 3U);
  EXPECT_EQ(id.fields[0].value, "sodr");
  EXPECT_FALSE(id.fields[2].value);
  EXPECT_TRUE(parse_as<ClientId>("ID NIL").value().fields.empty());
  EXPECT_TRUE(parse_as<ClientId>("ID ()").value().fields.empty());
  for (const char* text :
       {"", " x", " (\"a\")", " (\"a\" \"b\"", " (\"a\" \"b\" )", " (a b)", " NIL x"}) {
    EXPECT_FALSE(parse_body("ID"s + text)) << text;
  }
  EXPECT_FALSE(parse_body("ID (\"a\" \"" + std::string(1025, 'x') + "\")"));
  EXPECT_FALSE(parse_body("ID (\"" + std::string(31, 'x') + "\" \"a\")"));
  std::string many = "ID (\"a\" \"b\"";
  for (int i = 0; i < 30; ++i) many += " \"a\" \"b\"";
  EXPECT_FALSE(parse_body(many + ")"));
}

}  // namespace
}  // namespace hikyaku::imap
