// SPDX-License-Identifier: Apache-2.0
// Goal: what we seal verifies, over many hands; whatever is changed, added or taken away fails.
#include <gtest/gtest.h>

#include "protocol/mailauth/arc/seal.h"
#include "protocol/mailauth/arc/verify.h"
#include "protocol/mailauth/dkim/testing/fake_crypto.h"
#include "protocol/mime/transfer_encoding.h"

namespace hikyaku::arc {
namespace {

constexpr std::string_view kPlain =
    "From: a@example.org\r\nTo: list@example.net\r\nSubject: s\r\n\r\nHello\r\n";
const dkim::FakeCrypto kCrypto;
const dkim::FakeKey kKey(dkim::Algorithm::kRsaSha256, "2048:alice");

Validation validate(std::string_view text, const lookup::Answer& answer) {
  lookup::Facts facts;
  const auto message = dkim::read_message(kCrypto, {verify_wishes}, text);
  for (;;) {
    lookup::Asker asker(facts);
    auto out = verify(message, kCrypto, asker, {.now = UnixTime{std::chrono::seconds(1000)}});
    if (asker.missing().empty()) return out;
    for (const auto& question : asker.missing()) facts.add(question, answer);
  }
}

Validation validate(std::string_view text) {
  return validate(text, {lookup::Answer::Status::kFound,
                         {"v=DKIM1; p=" + mime::base64_line(kKey.public_key())}});
}

SealRequest request_for(ChainStatus status) {
  return {.domain = "example.net",
          .key = {"s", &kKey},
          .status = status,
          .results = "mx.example.net;\r\n spf=pass",
          .now = UnixTime{std::chrono::seconds(1000)}};
}

Result<std::string> seal_with(std::string_view text, const SealRequest& request) {
  const auto message = dkim::read_message(
      kCrypto, {[&](const dkim::Header&) { return seal_wishes(request); }}, text);
  return seal(message, kCrypto, request);
}

std::string sealed(std::string_view text, int hands = 1) {
  std::string out(text);
  for (int i = 0; i < hands; ++i) {
    const auto set = seal_with(out, request_for(i == 0 ? ChainStatus::kNone : ChainStatus::kPass));
    EXPECT_TRUE(set.has_value() && !set->empty()) << i;
    out.insert(0, set.value_or(""));
  }
  return out;
}

TEST(Arc, NoFieldNoChain) {
  const auto out = validate(kPlain);
  EXPECT_EQ(out.status, ChainStatus::kNone);
  EXPECT_EQ(out.highest, 0U);
  EXPECT_TRUE(out.reason.empty());
}

TEST(Arc, HoldsOverFiftyHandsAndNoMore) {
  auto text = sealed(kPlain, 50);
  const auto out = validate(text);
  EXPECT_EQ(out.status, ChainStatus::kPass) << out.reason;
  ASSERT_EQ(out.custodians.size(), 50U);
  EXPECT_EQ(out.custodians[49].sealer, "example.net");
  EXPECT_TRUE(out.custodians[49].results.contains("i=50; mx.example.net;"))
      << out.custodians[49].results;
  EXPECT_TRUE(out.signs_from);
  EXPECT_EQ(seal_with(text, request_for(ChainStatus::kPass)).value(), "");
  for (const auto* more : {"ARC-Seal: i=51\r\n", "ARC-Authentication-Results: i=1; x\r\n"})
    EXPECT_EQ(validate(more + text).status, ChainStatus::kFail) << more;
}

TEST(Arc, NoSignedOctetCanChange) {
  const auto text = sealed(kPlain, 2);
  ASSERT_EQ(validate(text).status, ChainStatus::kPass);
  const auto first = text.find("ARC-Seal", 1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ' ' || text[at] == '\r' || text[at] == '\n') continue;
    auto changed = text;
    changed[at] = changed[at] == '1' ? '2' : '1';
    const auto out = validate(changed);
    ASSERT_NE(out.status, ChainStatus::kPass) << at << " " << first << ": " << text.substr(at, 30);
  }
}

TEST(Arc, NoFieldCanBeTakenAwayOrComeTwice) {
  const auto text = sealed(kPlain, 3);
  const dkim::Header header(text);
  for (std::size_t i = 0; i < 9; ++i) {
    std::string less, more;
    for (std::size_t j = 0; j < header.fields().size(); ++j) {
      if (j != i) less += header.fields()[j].raw;
      more += header.fields()[j].raw;
      if (j == i) more += header.fields()[j].raw;
    }
    const auto body = text.substr(text.find("\r\n\r\n") + 2);
    EXPECT_EQ(validate(less + body).status, ChainStatus::kFail) << i;
    EXPECT_EQ(validate(more + body).status, ChainStatus::kFail) << i;
  }
  // The last hand alone can be taken away: what is left is the chain before it.
  const auto second = text.substr(header.fields()[3].offset);
  EXPECT_EQ(validate(second).status, ChainStatus::kPass);
}

TEST(Arc, BodiesAndNewFieldsCount) {
  const auto text = sealed(kPlain);
  EXPECT_EQ(validate(text + "x").status, ChainStatus::kFail);
  EXPECT_EQ(validate("Received: by z\r\nDKIM-Signature: x\r\n" + text).status, ChainStatus::kPass);
  // Not over-signed, but seen.
  const auto second_from = validate("From: eve@example.org\r\n" + text);
  EXPECT_EQ(second_from.status, ChainStatus::kPass);
  EXPECT_FALSE(second_from.signs_from);
}

TEST(Arc, AChainThatFailedIsSealedOnceMore) {
  const auto broken = sealed(kPlain) + "added";
  ASSERT_EQ(validate(broken).status, ChainStatus::kFail);
  EXPECT_FALSE(seal_with(broken, request_for(ChainStatus::kNone)).has_value());
  const auto set = seal_with(broken, request_for(ChainStatus::kFail)).value();
  EXPECT_TRUE(set.contains("cv=fail")) << set;
  EXPECT_TRUE(set.contains("i=2"));
  const auto out = validate(set + broken);
  EXPECT_EQ(out.status, ChainStatus::kFail);
  EXPECT_TRUE(out.ended);
  EXPECT_EQ(seal_with(set + broken, request_for(ChainStatus::kFail)).value(), "");
}

TEST(Arc, TellsDnsThatFailed) {
  const auto text = sealed(kPlain);
  const auto out = validate(text, {lookup::Answer::Status::kFailed, {}, false, "SERVFAIL"});
  EXPECT_EQ(out.status, ChainStatus::kFail);  // RFC 8617 §5.2.1
  EXPECT_TRUE(out.dns_failed);
  EXPECT_FALSE(validate(text, {lookup::Answer::Status::kNxDomain}).dns_failed);
}

TEST(Arc, AsksForAllKeysAtOnce) {
  const auto text = sealed(kPlain, 3);
  const dkim::FakeCrypto crypto;
  const lookup::Facts nothing;
  lookup::Asker asker(nothing);
  (void)verify(dkim::read_message(crypto, {verify_wishes}, text), crypto, asker, {});
  EXPECT_EQ(asker.missing().size(), 1U);  // the same key for all
  EXPECT_EQ(crypto.checks(), 0);
}

TEST(Arc, RefusesToSealWhatCannotBe) {
  const auto refused = [](auto change, std::string_view text = kPlain) {
    auto request = request_for(ChainStatus::kNone);
    change(request);
    return !seal_with(text, request).has_value();
  };
  const dkim::FakeKey sha1(dkim::Algorithm::kRsaSha1, "2048:alice");
  EXPECT_TRUE(refused([](SealRequest& r) { r.status = ChainStatus::kPass; }));
  EXPECT_TRUE(refused([](SealRequest& r) { r.status = ChainStatus::kFail; }));
  EXPECT_TRUE(refused([](SealRequest& r) { r.domain = "a;b.org"; }));
  EXPECT_TRUE(refused([&](SealRequest& r) { r.key.key = &sha1; }));
  for (const auto* bad : {"", "a\r\n", "a\r\nFrom: b", "a\nb", "a\r\n \r\n b", "a\r\n "})
    EXPECT_TRUE(refused([&](SealRequest& r) { r.results = bad; })) << bad;
  EXPECT_TRUE(refused([](SealRequest&) {}, "To: b\r\n\r\n"));
}

TEST(Arc, FieldsAreReadStrictly) {
  const std::string seal = "i=1; a=rsa-sha256; d=a.b; s=s; cv=none; b=AAAA";
  EXPECT_TRUE(parse_seal(seal).has_value());
  for (std::size_t n = 0; n + 4 < seal.size(); ++n)
    EXPECT_FALSE(parse_seal(seal.substr(0, n)).has_value()) << n;
  for (const auto* more : {"; h=from", "; cv=none", "; i=2", ";;"})
    EXPECT_FALSE(parse_seal(seal + more).has_value()) << more;
  for (const auto* instance : {"i=0", "i=51", "i=-1", "i=001", "i=", "i=a", "i=1 1"}) {
    EXPECT_FALSE(parse_seal(instance + seal.substr(3)).has_value()) << instance;
    EXPECT_FALSE(results_instance(std::string(instance) + "; x").has_value()) << instance;
  }
  EXPECT_EQ(results_instance(" (c) i (x) =\r\n 50 ; mx").value(), 50U);
  for (const auto* bad : {"", "i", "i=1", "mx; i=1;", "I=1; x", "(i=1; x"})
    EXPECT_FALSE(results_instance(bad).has_value()) << bad;
}

}  // namespace
}  // namespace hikyaku::arc
