// SPDX-License-Identifier: Apache-2.0
// Goal: the RFCs' own messages verify, whatever the chunks; nothing that was signed can change.
#include "port/crypto/mailauth/message_crypto.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "protocol/mailauth/dkim/sign.h"
#include "protocol/mailauth/dkim/verify.h"
#include "protocol/mime/transfer_encoding.h"

namespace hikyaku::crypto {
namespace {

using dkim::ResultCode;

// RFC 8463 A.1: the RSA key, and the Ed25519 one in PKCS #8.
constexpr std::string_view kRsaPem =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi\n"
    "Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM\n"
    "KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB\n"
    "AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm\n"
    "6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe\n"
    "zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy\n"
    "6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc\n"
    "uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy\n"
    "WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd\n"
    "WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a\n"
    "licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst\n"
    "o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe\n"
    "uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL\n"
    "-----END RSA PRIVATE KEY-----\n";
constexpr std::string_view kEd25519Pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

// A.2
constexpr std::string_view kEd25519Record =
    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
constexpr std::string_view kRsaRecord =
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
    "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
    "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
    "Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

// A.3
constexpr std::string_view kSignatures =
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    " subject : date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
    " date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
    " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
    " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n";
constexpr std::string_view kPlain =
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

constexpr UnixTime kNow{std::chrono::seconds(1528637909)};

lookup::Facts keys() {
  lookup::Facts facts;
  const auto add = [&](std::string_view name, std::string_view record) {
    facts.add(lookup::question(name, lookup::Type::kTxt),
              {lookup::Answer::Status::kFound, {std::string(record)}});
  };
  add("brisbane._domainkey.football.example.com", kEd25519Record);
  add("test._domainkey.football.example.com", kRsaRecord);
  return facts;
}

/// All names that are not among the facts don't exist.
dkim::Verification verify(const dkim::Message& message, lookup::Facts facts = keys()) {
  for (;;) {
    lookup::Asker asker(facts);
    auto out = dkim::verify(message, message_crypto(), asker, {.now = kNow});
    if (asker.missing().empty()) return out;
    for (const auto& question : asker.missing())
      facts.add(question, {lookup::Answer::Status::kNxDomain});
  }
}

dkim::Verification verify(std::string_view text) {
  return verify(dkim::read_message(message_crypto(), {dkim::verify_wishes}, text));
}

TEST(Rfc8463, AppendixAVerifies) {
  const auto out = verify(std::string(kSignatures) + std::string(kPlain));
  ASSERT_EQ(out.signatures.size(), 2U);
  for (const auto& signature : out.signatures) {
    EXPECT_EQ(signature.result, ResultCode::kPass) << signature.reason;
    EXPECT_TRUE(signature.authenticates());
    EXPECT_EQ(signature.domain, "football.example.com");
  }
  EXPECT_EQ(out.signatures[0].key_bits, 256U);
  EXPECT_EQ(out.signatures[1].key_bits, 1024U);
  EXPECT_EQ(out.signatures[1].signature_start, "F45dVWDf");
}

TEST(Rfc8463, AppendixAVerifiesCutAtEveryOctet) {
  const auto text = std::string(kSignatures) + std::string(kPlain);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    dkim::MessageReader reader(message_crypto(), {dkim::verify_wishes});
    reader.push(std::string_view(text).substr(0, cut));
    reader.push(std::string_view(text).substr(cut));
    for (const auto& signature : verify(reader.finish()).signatures)
      ASSERT_EQ(signature.result, ResultCode::kPass) << cut << ": " << signature.reason;
  }
}

// RFC 6376 Appendix A.2, with the key of Appendix C. Folded lines are indented by six spaces: that
// is what the signature is of (the layout of the RFC has taken one away).
constexpr std::string_view kRfc6376 =
    "DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n"
    "      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n"
    "      h=Received : From : To : Subject : Date : Message-ID;\r\n"
    "      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    "      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n"
    "      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n"
    "      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n"
    "      4bmp/YzhwvcubU4=;\r\n"
    "Received: from client1.football.example.com  [192.0.2.1]\r\n"
    "      by submitserver.example.com with SUBMISSION;\r\n"
    "      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\n";
constexpr std::string_view kRfc6376Record =
    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkM"
    "oGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/R"
    "tdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToI"
    "MmPSPDdQPNUYckcQ2QIDAQAB";

TEST(Rfc6376, AppendixAVerifies) {
  lookup::Facts facts;
  facts.add(lookup::question("brisbane._domainkey.example.com", lookup::Type::kTxt),
            {lookup::Answer::Status::kFound, {std::string(kRfc6376Record)}});
  auto text = std::string(kRfc6376) + std::string(kPlain);
  text.replace(text.find("game.  Are"), 10, "game. Are");  // the hash of the RFC is of one space
  const auto read = [](std::string_view octets) {
    return dkim::read_message(message_crypto(), {dkim::verify_wishes}, octets);
  };
  const auto out = verify(read(text), facts);
  ASSERT_EQ(out.signatures.size(), 1U);
  EXPECT_EQ(out.signatures[0].result, ResultCode::kPass) << out.signatures[0].reason;
  EXPECT_EQ(out.signatures[0].identity, "joe@football.example.com");
  // Simple: one space less in a signed field is another message.
  auto changed = text;
  changed.replace(changed.find("com  ["), 6, "com [");
  EXPECT_EQ(verify(read(changed), facts).signatures[0].result, ResultCode::kFail);
}

std::string base64_of(const dkim::Digest& digest) {
  return mime::base64_line({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// RFC 6376 §3.4.3, §3.4.4: the SHA-256 values of an empty body.
TEST(Rfc6376, EmptyBodiesHashAsTheRfcSays) {
  const auto wishes = [](const dkim::Header&) {
    return std::vector<dkim::BodyWish>{{dkim::Canonicalization::kSimple, {}},
                                       {dkim::Canonicalization::kRelaxed, {}}};
  };
  for (const auto* text : {"", "A: b\r\n", "A: b\r\n\r\n", "A: b\r\n\r\n\r\n\r\n"}) {
    const auto message = dkim::read_message(message_crypto(), {wishes}, text);
    EXPECT_EQ(base64_of(message.body({dkim::Canonicalization::kSimple, {}})->digest),
              "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=")
        << text;
    EXPECT_EQ(base64_of(message.body({dkim::Canonicalization::kRelaxed, {}})->digest),
              "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        << text;
  }
}

/// Both keys, one message.
std::string sign_both(std::string_view text, dkim::Canonicalization header,
                      dkim::Canonicalization body) {
  const auto rsa = load_message_key(kRsaPem).value();
  const auto ed25519 = load_message_key(kEd25519Pem).value();
  const dkim::SignRequest request{.domain = "football.example.com",
                                  .keys = {{"brisbane", ed25519.get()}, {"test", rsa.get()}},
                                  .header = header,
                                  .body = body,
                                  .now = kNow};
  const auto message = dkim::read_message(
      message_crypto(), {[&](const dkim::Header&) { return dkim::sign_wishes(request); }}, text);
  return dkim::sign(message, message_crypto(), request).value() + std::string(text);
}

std::size_t passes(std::string_view text) {
  std::size_t out = 0;
  for (const auto& signature : verify(text).signatures)
    out += signature.result == ResultCode::kPass;
  return out;
}

TEST(Sign, VerifiesAndNothingSignedCanChange) {
  using enum dkim::Canonicalization;
  for (const auto header : {kSimple, kRelaxed}) {
    for (const auto body : {kSimple, kRelaxed}) {
      const auto text = sign_both(kPlain, header, body);
      ASSERT_EQ(passes(text), 2U);
      for (auto at = text.size() - kPlain.size(); at < text.size(); ++at) {
        auto changed = text;
        if (changed[at] == ' ' || changed[at] == '\r' || changed[at] == '\n') continue;
        // The case of a field name is not signed in relaxed form; of everything else it is.
        changed[at] = changed[at] == '#' ? '+' : '#';
        ASSERT_EQ(passes(changed), 0U) << at;
      }
      // Over-signing: no second field of these names can be added.
      for (const auto* added :
           {"From: x@y.example\r\n", "Subject: z\r\n", "Cc: z@y.example\r\n",
            "Reply-To: z@y.example\r\n", "Date: now\r\n", "To: z@y.example\r\n"}) {
        EXPECT_EQ(passes(added + text), 0U) << added;
        auto behind = text;
        behind.insert(text.find("\r\n\r\n") + 2, added);
        EXPECT_EQ(passes(behind), 0U) << added;
      }
      EXPECT_EQ(passes(text + "added"), 0U);
    }
  }
}

// Each tag of each signature field is signed too, and so is the order of what it names.
TEST(Sign, NoOctetOfTheSignatureFieldCanChange) {
  const auto text =
      sign_both(kPlain, dkim::Canonicalization::kRelaxed, dkim::Canonicalization::kRelaxed);
  for (std::size_t at = 0; at < text.size() - kPlain.size(); ++at) {
    if (text[at] == ' ' || text[at] == '\r' || text[at] == '\n') continue;
    auto changed = text;
    changed[at] = changed[at] == 'B' ? 'C' : 'B';
    ASSERT_LT(passes(changed), 2U) << at << ": " << text.substr(at, 20);
  }
}

// What may happen under way: fields change places with those of other names, traces are added, and
// in relaxed form lines are folded anew and letters of names change.
TEST(Sign, SurvivesWhatRelaysMayDo) {
  using enum dkim::Canonicalization;
  for (const auto kind : {kSimple, kRelaxed}) {
    const auto text = sign_both(kPlain, kind, kind);
    const auto cut = text.find("\r\n\r\n") + 2;
    const dkim::Header header(text.substr(0, cut));
    std::vector<std::string> fields;
    for (const auto& field : header.fields()) fields.emplace_back(field.raw);
    std::ranges::sort(fields);
    std::size_t orders = 0;
    do {
      std::string moved = "Received: by z\r\nReturn-Path: <a@b.example>\r\n";
      for (const auto& field : fields) moved += field;
      ASSERT_EQ(passes(moved + text.substr(cut)), 2U) << moved;
    } while (++orders < 200 && std::ranges::next_permutation(fields).found);
    auto folded = text;
    folded.replace(folded.find("Suzie Q <"), 9, "Suzie  Q\r\n \t<");
    folded.replace(folded.find("Subject:"), 8, "SUBJECT :\t");
    folded.replace(folded.find("lost the game.  Are"), 19, "lost  the\tgame. Are");
    EXPECT_EQ(passes(folded + "\r\n\r\n"), kind == kRelaxed ? 2U : 0U);
  }
}

// RSA with 512 bits.
constexpr std::string_view kShortPem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIBUwIBADANBgkqhkiG9w0BAQEFAASCAT0wggE5AgEAAkEAvNNdF3N8X8XnnGYK\n"
    "VLQXHod5FxOXhgwKrmAY9If5xPQFcAFR7E6hWqppbgGWtQAbUmrFKGuVap58kZbL\n"
    "Cju3zwIDAQABAkBeReikXLQr3NLV8twVjhQ82cZLDy0Hb9ulU7Uh4QGCorXVOI2m\n"
    "nrQXwOuusJ5Uuaqk5+2sIy8+esQGSwAExxABAiEA8VzMqtQiVilwGbWcexohYHoo\n"
    "4gu1TNQB+BN2keJ+UU8CIQDIRutF1VqHGsfd7oDL8k+GZ3JwKXla+i3V+pDWw0mR\n"
    "gQIgZWsLDRUKQI407nijgg6ey71JBILK8bd8BFOZVP+I+H0CICXyEeeUSeepMk8h\n"
    "PjPmAB1GAk+v+/c5yW9uXvzh2VGBAiALVfDJPbGxYAkprUWzfUDn2tPoLEu+9T0+\n"
    "Pq1t8Lo5Nw==\n"
    "-----END PRIVATE KEY-----\n";

TEST(Rfc8301, WeakKeysAndSha1NeverPass) {
  EXPECT_EQ(message_crypto().check(dkim::Algorithm::kRsaSha1, "x", {}, "y").status,
            dkim::SignatureCheck::Status::kUnusable);
  EXPECT_FALSE(load_message_key("-----BEGIN PRIVATE KEY-----\nAAAA\n").has_value());
  EXPECT_FALSE(load_message_key("").has_value());
  const auto weak = load_message_key(kShortPem);
  ASSERT_FALSE(weak.has_value());
  EXPECT_TRUE(weak.error().text.contains("512 bits")) << weak.error().text;
  auto text = std::string(kSignatures) + std::string(kPlain);
  text.replace(text.find("a=rsa-sha256"), 12, "a=rsa-sha1");
  EXPECT_EQ(verify(text).signatures[1].result, ResultCode::kPermError);
}

}  // namespace
}  // namespace hikyaku::crypto
