// SPDX-License-Identifier: Apache-2.0
// Goal: what is signed, and how a signature field is written.
#include "protocol/mailauth/dkim/sign.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/mailauth/dkim/signature.h"
#include "protocol/mailauth/dkim/testing/fake_crypto.h"

namespace hikyaku::dkim {
namespace {

constexpr std::string_view kPlain = "From: a@example.org\r\nTo: b@example.net\r\n\r\nHello\r\n";
const FakeCrypto kCrypto;
const FakeKey kRsa(Algorithm::kRsaSha256, "2048:alice");
const FakeKey kEd25519(Algorithm::kEd25519Sha256, "256:alice");

SignRequest request() {
  return {.domain = "example.org",
          .keys = {{"s1", &kRsa}},
          .now = UnixTime{std::chrono::seconds(1'700'000'000)}};
}

Result<std::string> sign_text(const SignRequest& how, std::string_view text = kPlain) {
  const auto message =
      read_message(kCrypto, {[&](const Header&) { return sign_wishes(how); }}, text);
  return sign(message, kCrypto, how);
}

Signature read_back(std::string_view field) {
  field.remove_prefix(field.find(':') + 1);
  field.remove_suffix(2);
  const auto out = parse_signature(field);
  EXPECT_TRUE(out.has_value()) << out.error().text;
  return out.value_or(Signature{});
}

TEST(Sign, SaysWhatWasAskedFor) {
  auto how = request();
  how.identity = "J; D=@sub.example.org";
  how.lifetime = std::chrono::hours(24);
  how.header = Canonicalization::kSimple;
  const auto field = sign_text(how);
  ASSERT_TRUE(field.has_value()) << field.error().text;
  const auto read = read_back(*field);
  EXPECT_EQ(read.domain, "example.org");
  EXPECT_EQ(read.selector, "s1");
  EXPECT_EQ(read.identity(), how.identity);
  EXPECT_EQ(read.time_s, 1'700'000'000U);
  EXPECT_EQ(read.expires_s, 1'700'086'400U);
  EXPECT_EQ(read.header, Canonicalization::kSimple);
  EXPECT_EQ(read.body, Canonicalization::kRelaxed);
  EXPECT_FALSE(read.length.has_value());
}

TEST(Sign, OverSignsWhatIsShownToPeople) {
  const Header header(
      "From: a\r\nTo: b\r\nTo: c\r\nMessage-ID: <d>\r\nList-Id: e\r\nReceived: f\r\n");
  const auto names = names_to_sign(header, default_signed_fields());
  const auto count = [&](std::string_view name) { return std::ranges::count(names, name); };
  EXPECT_EQ(count("from"), 2);
  EXPECT_EQ(count("to"), 3);
  EXPECT_EQ(count("cc"), 1);
  EXPECT_EQ(count("subject"), 1);
  EXPECT_EQ(count("message-id"), 2);
  EXPECT_EQ(count("in-reply-to"), 0);
  EXPECT_EQ(count("list-id"), 1);
  EXPECT_EQ(count("received"), 0);
}

TEST(Sign, ByEachKeyInOrder) {
  auto how = request();
  how.keys = {{"e1", &kEd25519}, {"s1", &kRsa}};
  const auto fields = sign_text(how).value();
  const Header header(fields);
  ASSERT_EQ(header.fields().size(), 2U);
  EXPECT_EQ(parse_signature(header.fields()[0].value)->algorithm, Algorithm::kEd25519Sha256);
  EXPECT_EQ(parse_signature(header.fields()[1].value)->algorithm, Algorithm::kRsaSha256);
}

TEST(Sign, WritesShortLinesWhateverTheNamesAre) {
  auto how = request();
  for (std::size_t n = 1; n < 63; ++n) {
    how.keys[0].name = std::string(n, 's');
    const auto field = sign_text(how).value();
    std::size_t begin = 0;
    for (auto end = field.find("\r\n"); end != std::string::npos; end = field.find("\r\n", begin)) {
      EXPECT_LE(end - begin, 78U) << field;
      begin = end + 2;
    }
    EXPECT_EQ(begin, field.size());
    EXPECT_EQ(read_back(field).selector, how.keys[0].name);
  }
}

// RFC 8616 §5: a verifier looks for A-labels; so they are what we write.
TEST(Sign, WritesALabels) {
  auto how = request();
  how.domain =
      "B\xC3\xBC"
      "cher.example";
  how.identity =
      "\xC3\xA9@b\xC3\xBC"
      "cher.example";
  const auto field = sign_text(how).value();
  EXPECT_TRUE(field.contains(" d=xn--bcher-kva.example;")) << field;
  EXPECT_EQ(read_back(field).identity(), "\xC3\xA9@xn--bcher-kva.example");
}

TEST(Sign, RefusesWhatNobodyMayAccept) {
  const FakeKey sha1(Algorithm::kRsaSha1, "2048:alice");
  const auto refused = [](auto change, std::string_view text = kPlain) {
    auto how = request();
    change(how);
    const auto out = sign_text(how, text);
    return !out.has_value() && out.error().remedy == Remedy::kPermanent;
  };
  EXPECT_TRUE(refused([&](SignRequest& r) { r.keys[0].key = &sha1; }));  // RFC 8301 §3.1
  EXPECT_TRUE(refused([](SignRequest& r) { r.domain = "org"; }));
  EXPECT_TRUE(refused([](SignRequest& r) { r.domain = "a b.org"; }));
  EXPECT_TRUE(refused([](SignRequest& r) { r.domain = "example.org; l=0"; }));
  EXPECT_TRUE(refused([](SignRequest& r) { r.keys[0].name = "s;x"; }));
  EXPECT_TRUE(refused([](SignRequest& r) { r.identity = "a@example.net"; }));
  EXPECT_TRUE(refused([](SignRequest& r) { r.identity = "example.org"; }));
  EXPECT_TRUE(refused([](SignRequest& r) { r.fields.always = {"to"}; }));
  EXPECT_TRUE(refused([](SignRequest& r) {
    r.keys[0].name = std::string(63, 'a') + "." + std::string(63, 'a') + "." +
                     std::string(63, 'a') + "." + std::string(50, 'a');
  }));
  const auto nothing = [](SignRequest&) {};
  EXPECT_TRUE(refused(nothing, "To: b\r\n\r\n"));
  EXPECT_TRUE(refused(nothing, " x\r\nFrom: b\r\n\r\n"));
  EXPECT_TRUE(refused(nothing, "From: a\r\nX: " + std::string(kHeaderOctetsMax, 'x') + "\r\n\r\n"));
  std::string many = "From: a\r\n";
  for (std::size_t i = 0; i < kSignedNamesMax; ++i) many += "To: b\r\n";
  EXPECT_TRUE(refused(nothing, many + "\r\n"));
}

}  // namespace
}  // namespace hikyaku::dkim
