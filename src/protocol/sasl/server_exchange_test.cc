// SPDX-License-Identifier: Apache-2.0
// Goal: exchanges as in the RFCs end in the right question; nothing starts without encryption;
// malformed, cancelled and oversized ones fail, and say how. (SCRAM and CRAM-MD5 with their real
// cryptography: port/crypto/sasl.)
#include "protocol/sasl/server_exchange.h"

#include <gtest/gtest.h>

#include "protocol/sasl/base64.h"

namespace hikyaku::sasl {
namespace {

using std::string_literals::operator""s;

ServerExchange encrypted(Limits limits = {}) {
  return ServerExchange({.channel = {.security = ChannelSecurity::kEncrypted}, .limits = limits});
}

Failure failure(const Step& result) {
  const auto* failed = std::get_if<Failed>(&result);
  EXPECT_NE(failed, nullptr);
  if (failed == nullptr) return Failure::kMalformed;
  EXPECT_FALSE(failed->text.empty());
  return failed->failure;
}

Step plain(const std::string& octets, Limits limits = {}) {
  return encrypted(limits).begin("PLAIN", base64_encode(octets));
}

// RFC 4616 §4, first example (there with an empty initial response and a challenge).
TEST(Plain, Rfc4616Section4) {
  ServerExchange exchange = encrypted();
  const Step first = exchange.begin("plain", std::nullopt);
  EXPECT_EQ(std::get<Challenge>(first).octets, "");
  const Step last = exchange.line(base64_encode("\0tim\0tanstaaftanstaaf"s));
  const auto& verify = std::get<VerifyPassword>(last);
  EXPECT_EQ(verify.authcid, "tim");
  EXPECT_EQ(verify.authzid, "");
  EXPECT_EQ(verify.password.reveal(), "tanstaaftanstaaf");
}

// RFC 4616 §4, second example.
TEST(Plain, AuthorizesAsSomebodyElse) {
  const Step result = plain("Ursel\0Kurt\0xipj3plmq"s);
  const auto& verify = std::get<VerifyPassword>(result);
  EXPECT_EQ(verify.authcid, "Kurt");
  EXPECT_EQ(verify.authzid, "Ursel");
  EXPECT_EQ(verify.password.reveal(), "xipj3plmq");
}

TEST(Plain, RefusesMalformed) {
  const std::string inputs[] = {""s,           "a"s,
                                "\0a"s,        "\0\0"s,
                                "\0a\0"s,      "\0\0p"s,
                                "\0a\0p\0"s,   "\0a\0p\0q"s,
                                "\0a\r\0p"s,   "x\n\0a\0p"s,
                                "\0\xff\0p"s,  "\0\xc0\x80\0p"s,
                                "\0a\x7f\0p"s, "\xed\xa0\x80\0a\0p"s};
  for (const std::string& input : inputs)
    EXPECT_EQ(failure(plain(input)), Failure::kMalformed) << input;
}

TEST(Plain, TakesUtf8NamesAndAnyPassword) {
  const Step result = plain("\0f\xc3\xa9\xe9\xa3\x9b\xf0\x9f\x90\xbe\0\xff\x01p"s);
  EXPECT_EQ(std::get<VerifyPassword>(result).password.reveal(), "\xff\x01p");
}

TEST(Plain, HoldsItsLimits) {
  const Limits limits{.response_octets_max = 30, .name_octets_max = 5, .password_octets_max = 6};
  EXPECT_TRUE(std::holds_alternative<VerifyPassword>(plain("\0abcde\0secret"s, limits)));
  EXPECT_EQ(failure(plain("\0abcdef\0secret"s, limits)), Failure::kTooLong);
  EXPECT_EQ(failure(plain("abcdef\0abc\0secret"s, limits)), Failure::kTooLong);
  EXPECT_EQ(failure(plain("\0abcde\0secrets"s, limits)), Failure::kTooLong);
  EXPECT_EQ(failure(plain(std::string(100, 'a'), limits)), Failure::kTooLong);
}

TEST(Login, AsksForNameAndPassword) {
  ServerExchange exchange = encrypted();
  const Step first = exchange.begin("LOGIN", std::nullopt);
  EXPECT_EQ(std::get<Challenge>(first).octets, "Username:");
  const Step second = exchange.line(base64_encode("tanuki@example.org"));
  EXPECT_EQ(std::get<Challenge>(second).octets, "Password:");
  const Step last = exchange.line(base64_encode("pass word"));
  EXPECT_EQ(std::get<VerifyPassword>(last).authcid, "tanuki@example.org");
  EXPECT_EQ(std::get<VerifyPassword>(last).password.reveal(), "pass word");
}

TEST(Login, TakesTheNameAsInitialResponse) {
  ServerExchange exchange = encrypted();
  const Step first = exchange.begin("LOGIN", base64_encode("tanuki"));
  EXPECT_EQ(std::get<Challenge>(first).octets, "Password:");
}

TEST(Login, RefusesEmptyOnes) {
  EXPECT_EQ(failure(encrypted().begin("LOGIN", "=")), Failure::kMalformed);
  ServerExchange exchange = encrypted();
  (void)exchange.begin("LOGIN", base64_encode("tanuki"));
  EXPECT_EQ(failure(exchange.line("")), Failure::kMalformed);
}

TEST(Exchange, NeedsEncryption) {
  constexpr Allowed kAll{.scram = true, .cram_md5 = true};
  for (const MechanismInfo& info : mechanisms()) {
    ServerExchange exchange({.channel = {}, .allowed = kAll});
    EXPECT_EQ(failure(exchange.begin(info.name, base64_encode("\0a\0b"s))), Failure::kNeedsTls);
  }
  EXPECT_TRUE(offered(ChannelSecurity::kPlain, Binding::kThere, kAll).empty());
}

TEST(Exchange, OffersWhatIsAllowedAndCanBe) {
  using Names = std::vector<std::string_view>;
  Channel channel{.security = ChannelSecurity::kEncrypted};
  EXPECT_EQ(offered(channel, {.scram = false}), (Names{"PLAIN", "LOGIN"}));
  EXPECT_EQ(offered(channel, {}), (Names{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}));
  channel.bindings.tls_server_end_point = "hash";
  EXPECT_EQ(offered(channel, {.scram = true, .cram_md5 = true}),
            (Names{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
                   "PLAIN", "LOGIN", "CRAM-MD5"}));
  EXPECT_EQ(offered(channel, {.scram = false}), (Names{"PLAIN", "LOGIN"}));
  EXPECT_EQ(offered(channel, {.channel_binding = false}),
            (Names{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}));
  // What is not offered is not taken either.
  for (const std::string_view name : {"CRAM-MD5", "SCRAM-SHA-1-PLUS", "scram-sha-256-plus"}) {
    EXPECT_EQ(failure(encrypted().begin(name, std::nullopt)), Failure::kUnknown) << name;
  }
  EXPECT_TRUE(binds_channel("scram-sha-1-plus"));
  EXPECT_FALSE(binds_channel("SCRAM-SHA-1"));
  EXPECT_FALSE(binds_channel("SOMETHING-PLUS"));
}

TEST(Exchange, KnowsWhatItDoesNotKnow) {
  ServerExchange exchange = encrypted();
  EXPECT_EQ(failure(exchange.begin("KERBEROS_V4", std::nullopt)), Failure::kUnknown);
  EXPECT_EQ(failure(exchange.begin("", std::nullopt)), Failure::kUnknown);
  EXPECT_EQ(failure(exchange.begin("PLAINX", std::nullopt)), Failure::kUnknown);
}

TEST(Exchange, CanBeCancelled) {
  ServerExchange exchange = encrypted();
  (void)exchange.begin("PLAIN", std::nullopt);
  EXPECT_EQ(failure(exchange.line("*")), Failure::kCancelled);
}

TEST(Exchange, RefusesBadBase64AndLongLines) {
  EXPECT_EQ(failure(encrypted().begin("PLAIN", "AGEAYg")), Failure::kMalformed);
  ServerExchange exchange = encrypted();
  (void)exchange.begin("PLAIN", std::nullopt);
  EXPECT_EQ(failure(exchange.line(std::string(exchange.line_octets_max() + 1, 'A'))),
            Failure::kTooLong);
}

}  // namespace
}  // namespace hikyaku::sasl
