// SPDX-License-Identifier: Apache-2.0
// Goal: what speaks against a signature is found and told, and keys are asked for all at once.
#include "protocol/mailauth/dkim/verify.h"

#include <gtest/gtest.h>

#include "protocol/mailauth/dkim/sign.h"
#include "protocol/mailauth/dkim/testing/fake_crypto.h"
#include "protocol/mime/transfer_encoding.h"

namespace hikyaku::dkim {
namespace {

constexpr UnixTime kNow{std::chrono::seconds(1'700'000'000)};
constexpr std::string_view kPlain = "From: a@example.org\r\nSubject: s\r\n\r\nHello\r\n";

std::string record(std::string_view tags) {
  return std::string(tags) + " p=" + mime::base64_line("2048:alice");
}

struct Case {
  std::string_view what;
  lookup::Answer answer;
  ResultCode result;
};

std::string signed_text(SignRequest request = {}, std::string_view text = kPlain) {
  static const FakeKey key(Algorithm::kRsaSha256, "2048:alice");
  const FakeCrypto crypto;
  request.domain = "example.org";
  request.keys = {{"s1", &key}};
  if (request.now == UnixTime{}) request.now = kNow;
  const auto message =
      read_message(crypto, {[&](const Header&) { return sign_wishes(request); }}, text);
  return sign(message, crypto, request).value() + std::string(text);
}

Verification run(std::string_view text, const lookup::Answer& answer, VerifyPolicy policy = {}) {
  const FakeCrypto crypto;
  lookup::Facts facts;
  facts.add(lookup::question("s1._domainkey.example.org", lookup::Type::kTxt), answer);
  lookup::Asker asker(facts);
  policy.now = kNow;
  return verify(read_message(crypto, {verify_wishes}, text), crypto, asker, policy);
}

lookup::Answer found(std::string_view tags) {
  return {lookup::Answer::Status::kFound, {record(tags)}};
}

TEST(Verify, TellsWhatSpeaksAgainstTheKey) {
  using Status = lookup::Answer::Status;
  const Case cases[] = {
      {"good", found("v=DKIM1;"), ResultCode::kPass},
      {"no record", {Status::kNxDomain}, ResultCode::kPermError},
      {"no data", {Status::kNoData}, ResultCode::kPermError},
      {"not now", {Status::kFailed}, ResultCode::kTempError},
      {"revoked", {Status::kFound, {"v=DKIM1; p="}}, ResultCode::kPermError},
      {"other version", found("v=DKIM2;"), ResultCode::kPermError},
      {"version not first", found("k=rsa; v=DKIM1;"), ResultCode::kPermError},
      {"other type", found("k=ed25519;"), ResultCode::kPermError},
      {"unknown type", found("k=x;"), ResultCode::kPermError},
      {"other hash", found("h=sha1;"), ResultCode::kPermError},
      {"hashes", found("h=sha1 : sha256;"), ResultCode::kPass},
      {"other service", found("s=tlsrpt;"), ResultCode::kPermError},
      {"short key",
       {Status::kFound, {"p=" + mime::base64_line("512:alice")}},
       ResultCode::kPermError},
      {"unusable", {Status::kFound, {"p=" + mime::base64_line("broken")}}, ResultCode::kPermError},
      {"other key", {Status::kFound, {"p=" + mime::base64_line("2048:bob")}}, ResultCode::kFail},
      {"second record", {Status::kFound, {"v=spf1 -all", record("v=DKIM1;")}}, ResultCode::kPass},
  };
  for (const auto& c : cases) {
    const auto out = run(signed_text(), c.answer);
    ASSERT_EQ(out.signatures.size(), 1U) << c.what;
    EXPECT_EQ(out.signatures[0].result, c.result) << c.what << ": " << out.signatures[0].reason;
  }
}

TEST(Verify, TestingKeysVouchForNothing) {
  const auto out = run(signed_text(), found("t=y;"));
  EXPECT_EQ(out.signatures[0].result, ResultCode::kPass);
  EXPECT_FALSE(out.signatures[0].authenticates());
}

TEST(Verify, IdentityBelowTheDomainNeedsAKeyThatPermitsIt) {
  const auto text = signed_text({.identity = "a@sub.example.org"});
  EXPECT_EQ(run(text, found("v=DKIM1;")).signatures[0].result, ResultCode::kPass);
  EXPECT_EQ(run(text, found("v=DKIM1; t=s;")).signatures[0].result, ResultCode::kPermError);
}

TEST(Verify, TimesCount) {
  using std::chrono::seconds;
  EXPECT_EQ(run(signed_text({.now = kNow + seconds(301)}), found("")).signatures[0].result,
            ResultCode::kPolicy);
  const auto expired = signed_text({.now = kNow - seconds(1000), .lifetime = seconds(699)});
  EXPECT_EQ(run(expired, found("")).signatures[0].result, ResultCode::kPolicy);
}

TEST(Verify, AsksForAllKeysAndComputesNothingBefore) {
  const FakeCrypto crypto;
  const lookup::Facts nothing;
  lookup::Asker asker(nothing);
  const auto text = signed_text({}, signed_text());
  const auto message = read_message(crypto, {verify_wishes}, text);
  EXPECT_EQ(verify(message, crypto, asker, {.now = kNow}).signatures.size(), 2U);
  EXPECT_EQ(asker.missing().size(), 1U);
  EXPECT_EQ(crypto.checks(), 0);
}

TEST(Verify, IsBoundedAndSaysSo) {
  std::string text(kPlain);
  for (int i = 0; i < 12; ++i) text.insert(0, "DKIM-Signature: x\r\n");
  const auto out = run(text, found(""));
  EXPECT_EQ(out.signatures.size(), 10U);
  EXPECT_EQ(out.not_checked, 2U);
  EXPECT_EQ(out.signatures[0].result, ResultCode::kNeutral);
  const auto large = "A: " + std::string(kHeaderOctetsMax, 'x') + "\r\n\r\n";
  EXPECT_TRUE(run(large, found("")).header_too_large);
}

/// A signature made by hand, with what ours never has. `more`: tags, each with its ";".
std::string signed_by_hand(std::string_view more, std::string_view body_signed,
                           std::string_view fields = "from",
                           std::string_view signed_header = "From: a@example.org\r\n",
                           std::string_view text = kPlain) {
  const FakeCrypto crypto;
  const FakeKey key(Algorithm::kRsaSha256, "2048:alice");
  const auto hasher = crypto.sha256();
  hasher->update(body_signed);
  const auto hash = hasher->finish();
  const std::string field =
      "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s1; h=" + std::string(fields) + "; " +
      std::string(more) +
      "bh=" + mime::base64_line({reinterpret_cast<const char*>(hash.data()), hash.size()}) + "; b=";
  const auto headers = crypto.sha256();
  headers->update(std::string(signed_header) + field);
  return field + mime::base64_line(key.sign(headers->finish()).value()) + "\r\n" +
         std::string(text);
}

ResultCode result(std::string_view text, VerifyPolicy policy = {}) {
  return run(text, found(""), policy).signatures.at(0).result;
}

// RFC 6376 §8.2
TEST(Verify, PartOfTheBodyIsNoPass) {
  const auto part = signed_by_hand("l=2; ", "He");
  EXPECT_EQ(result(part), ResultCode::kPolicy);
  EXPECT_EQ(run(part, found("")).signatures[0].unsigned_octets, 5U);
  EXPECT_FALSE(run(part, found("")).signatures[0].authenticates());
  EXPECT_EQ(result(part, {.part_of_body = PartOfBody::kAccept}), ResultCode::kPass);
  EXPECT_EQ(result(signed_by_hand("l=0; ", "")), ResultCode::kPolicy);
  EXPECT_EQ(result(signed_by_hand("l=7; ", "Hello\r\n")), ResultCode::kPass);
  EXPECT_EQ(result(signed_by_hand("l=7; ", "Hello\r\n") + "more"), ResultCode::kPolicy);
  EXPECT_EQ(result(signed_by_hand("l=8; ", "Hello\r\n")), ResultCode::kPermError);
  EXPECT_EQ(result(signed_by_hand("l=" + std::string(76, '9') + "; ", "Hello\r\n")),
            ResultCode::kPermError);
  // The length is of the canonical body.
  EXPECT_EQ(result(signed_by_hand("l=7; ", "Hello\r\n") + "\r\n\r\n"), ResultCode::kPass);
}

// RFC 6376 §5.4.2: from the bottom up, and what is not there is the null string.
TEST(Verify, TakesFieldsOfANameFromTheBottomUp) {
  const std::string text = "X: 1\r\nX: 2\r\n" + std::string(kPlain);
  const auto sign_as = [&](std::string_view fields, std::string_view header) {
    return result(signed_by_hand("", "Hello\r\n", fields, header, text));
  };
  EXPECT_EQ(sign_as("x:from:x", "X: 2\r\nFrom: a@example.org\r\nX: 1\r\n"), ResultCode::kPass);
  EXPECT_EQ(sign_as("x:x:x:x:from:y", "X: 2\r\nX: 1\r\nFrom: a@example.org\r\n"),
            ResultCode::kPass);
  EXPECT_EQ(sign_as("x:from", "X: 1\r\nFrom: a@example.org\r\n"), ResultCode::kFail);
  // §3.7: its own field is never among those of its h=.
  EXPECT_EQ(sign_as("from:dkim-signature", "From: a@example.org\r\n"), ResultCode::kPass);
}

// RFC 6376 §8.15
TEST(Verify, ASecondFromIsNoPass) {
  const auto text = signed_by_hand("", "Hello\r\n");
  EXPECT_EQ(result(text), ResultCode::kPass);
  EXPECT_EQ(result("From: eve@example.org\r\n" + text), ResultCode::kPolicy);
}

TEST(Verify, Sha1NeverPassesAndIsNotAsked) {
  auto text = signed_text();
  text.replace(text.find("rsa-sha256"), 10, "rsa-sha1");
  const FakeCrypto crypto;
  const lookup::Facts nothing;
  lookup::Asker asker(nothing);
  const auto out =
      verify(read_message(crypto, {verify_wishes}, text), crypto, asker, {.now = kNow});
  EXPECT_TRUE(asker.missing().empty());
  EXPECT_EQ(out.signatures.at(0).result, ResultCode::kPermError);
}

TEST(Verify, TimeStampsAtTheirEdges) {
  using std::chrono::seconds;
  const auto signed_for = [](seconds from_now, seconds lifetime) {
    return result(signed_text({.now = kNow + from_now, .lifetime = lifetime}));
  };
  EXPECT_EQ(signed_for(seconds(300), seconds(1)), ResultCode::kPass);
  EXPECT_EQ(signed_for(seconds(-1000), seconds(700)), ResultCode::kPass);
  EXPECT_EQ(signed_for(seconds(-1000), seconds(699)), ResultCode::kPolicy);
}

TEST(Verify, KeyRecordsOf64kAreRefused) {
  const auto out = run(signed_text(), {lookup::Answer::Status::kFound,
                                       {"v=DKIM1; p=" + std::string(64 * 1024, 'A')}});
  EXPECT_EQ(out.signatures[0].result, ResultCode::kPermError);
  // Whatever stands behind the first few records of a name is not tried.
  lookup::Answer many{lookup::Answer::Status::kFound,
                      std::vector<std::string>(kKeyRecordsMax, "v=spf1 -all")};
  many.records.push_back(record("v=DKIM1;"));
  EXPECT_EQ(run(signed_text(), many).signatures[0].result, ResultCode::kPermError);
}

TEST(Verify, OneSignatureDoesNotSpeakForAnother) {
  const auto good = signed_text();
  const auto bad =
      "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s1; h=from; bh=AAAA; b=AAAA\r\n";
  for (const auto& text : {bad + good, signed_text({}, bad + std::string(kPlain))}) {
    const auto out = run(text, found("")).signatures;
    ASSERT_EQ(out.size(), 2U);
    EXPECT_NE(out[0].result, out[1].result);
    EXPECT_EQ((out[0].result == ResultCode::kPass) + (out[1].result == ResultCode::kPass), 1);
  }
}

TEST(Verify, HundredSignaturesAskForFewHashesAndKeys) {
  std::string text(kPlain);
  for (int i = 0; i < 100; ++i)
    text.insert(0, fmt::format("DKIM-Signature: v=1; a=rsa-sha256; d=d{}.example; s=s1; h=from; "
                               "l={}; bh=AAAA; b=AAAA\r\n",
                               i, i));
  const FakeCrypto crypto;
  const lookup::Facts nothing;
  lookup::Asker asker(nothing);
  const auto message = read_message(crypto, {verify_wishes}, text);
  EXPECT_EQ(verify_wishes(message.header()).size(), kSignaturesMax);
  const auto out = verify(message, crypto, asker, {.now = kNow});
  EXPECT_EQ(asker.missing().size(), kSignaturesMax);
  EXPECT_EQ(out.signatures.size(), kSignaturesMax);
  EXPECT_EQ(out.not_checked, 100 - kSignaturesMax);
}

TEST(Message, IsTheSameCutAtEveryOctet) {
  for (const auto kind : {Canonicalization::kSimple, Canonicalization::kRelaxed}) {
    const auto text =
        signed_text({.header = kind, .body = kind},
                    "From: a@example.org\r\nSubject: x\r\n  y\r\n\r\n a  b \r\n\r\n\r\nc\r\n \r\n");
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      const FakeCrypto crypto;
      MessageReader reader(crypto, {verify_wishes});
      reader.push(std::string_view(text).substr(0, cut));
      reader.push(std::string_view(text).substr(cut));
      lookup::Facts facts;
      facts.add(lookup::question("s1._domainkey.example.org", lookup::Type::kTxt), found(""));
      lookup::Asker asker(facts);
      const auto out = verify(reader.finish(), crypto, asker, {.now = kNow});
      ASSERT_EQ(out.signatures.size(), 1U) << cut;
      ASSERT_EQ(out.signatures[0].result, ResultCode::kPass) << cut << out.signatures[0].reason;
    }
  }
}

TEST(Message, OfOneOctetAtATimeAndWithoutBody) {
  for (const std::string_view text : {"", "\r\n", "From: a", "From: a\r\n", "From: a\r\n\r\n", "\n",
                                      "A: b\n\nc", "no field\r\n\r\n"}) {
    const FakeCrypto crypto;
    const Wishes wishes = [](const Header&) {
      return std::vector<BodyWish>{{Canonicalization::kSimple, {}},
                                   {Canonicalization::kSimple, 0},
                                   {Canonicalization::kRelaxed, {}}};
    };
    MessageReader reader(crypto, {wishes});
    for (const char c : text) reader.push({&c, 1});
    const auto one = reader.finish();
    const auto whole = read_message(crypto, {wishes}, text);
    EXPECT_EQ(one.header().fields().size(), whole.header().fields().size());
    for (const auto& wish : wishes(whole.header())) {
      ASSERT_TRUE(whole.body(wish).has_value()) << text;
      EXPECT_EQ(one.body(wish)->digest, whole.body(wish)->digest) << text;
    }
    EXPECT_FALSE(whole.body({Canonicalization::kSimple, 1000}).has_value());
  }
}

}  // namespace
}  // namespace hikyaku::dkim
