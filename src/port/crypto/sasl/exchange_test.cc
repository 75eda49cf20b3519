// SPDX-License-Identifier: Apache-2.0
// Goal: SCRAM and CRAM-MD5 go as in the RFCs' examples, octet for octet; no cut or changed message
// logs in; a channel binding that is not ours, or hidden on the way, is told as such.
#include <gtest/gtest.h>

#include "port/crypto/sasl/sasl_crypto.h"
#include "protocol/sasl/base64.h"
#include "protocol/sasl/server_exchange.h"

namespace hikyaku::crypto {
namespace {

using sasl::Challenge;
using sasl::Failed;
using sasl::Failure;
using sasl::Hash;
using sasl::Step;

/// The real one, but its random octets are known.
class KnownRandom final : public sasl::Crypto {
 public:
  explicit KnownRandom(std::string octets) : octets_(std::move(octets)) {}
  [[nodiscard]] std::string hash(Hash hash, std::string_view text) const override {
    return sasl_crypto().hash(hash, text);
  }
  [[nodiscard]] std::string hmac(Hash hash, std::string_view key,
                                 std::string_view text) const override {
    return sasl_crypto().hmac(hash, key, text);
  }
  [[nodiscard]] std::string hmac_md5(const sasl::CramKeys& keys,
                                     std::string_view text) const override {
    return sasl_crypto().hmac_md5(keys, text);
  }
  [[nodiscard]] std::string random(std::size_t /*octets*/) const override { return octets_; }

 private:
  std::string octets_;
};

sasl::ServerExchange::Settings settings(const sasl::Crypto& crypto,
                                        sasl::ChannelBindings bindings = {}) {
  return {.channel = {.security = sasl::ChannelSecurity::kEncrypted, .bindings = bindings},
          .allowed = {.scram = true, .cram_md5 = true},
          .host = "postoffice.reston.mci.net",
          .now = UnixTime(std::chrono::seconds(896697170)),
          .crypto = &crypto};
}

Failed failed(const Step& step) {
  const auto* out = std::get_if<Failed>(&step);
  if (out == nullptr) {
    ADD_FAILURE() << "kind of step: " << step.index();
    return {};
  }
  return *out;
}

std::string challenge(const Step& step) {
  const auto* out = std::get_if<Challenge>(&step);
  return out == nullptr ? "no challenge: " + failed(step).text : out->octets;
}

/// An example of an RFC: what crosses the connection.
struct Example {
  Hash hash;
  const char* mechanism;
  const char* server_nonce;
  const char* salt;
  const char* client_first;
  const char* server_first;
  const char* client_final;
  const char* server_final;
};
const Example kSha1{Hash::kSha1,
                    "SCRAM-SHA-1",
                    "3rfcNHYJY1ZVvWVs7j",
                    "QSXCR+Q6sek8bf92",
                    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
                    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
                    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
                    "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="};
const Example kSha256{Hash::kSha256,
                      "SCRAM-SHA-256",
                      "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
                      "W22ZaJ0SNY7soEsUEjb6gQ==",
                      "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
                      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                      "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                      "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                      "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="};

/// The server's nonce is base64 of random octets here; the examples' are text. So the client of
/// this test makes its own proof, and the examples' numbers are compared on the keys.
struct Client {
  Hash hash = Hash::kSha256;
  std::string password = "pencil";
  std::string gs2 = "n,,";
  std::string user = "user";
  std::string nonce = "fyko+d2lbbFgONRv9qkxdawL";
  std::string binding;
  std::string server_signature;

  [[nodiscard]] std::string first() const { return gs2 + "n=" + user + ",r=" + nonce; }
  std::string last(std::string_view server_first, const sasl::ScramKeys& known) {
    const auto& crypto = sasl_crypto();
    const std::string server_nonce(server_first.substr(2, server_first.find(',') - 2));
    const std::string without_proof =
        "c=" + sasl::base64_encode(gs2 + binding) + ",r=" + server_nonce;
    const std::string message =
        first().substr(gs2.size()) + "," + std::string(server_first) + "," + without_proof;
    // ClientKey from the password, as a client has it.
    const auto keys = make_scram_keys(hash, Secret(password), known.salt, known.iterations);
    std::string salted = salted_password(known);
    std::string proof = crypto.hmac(hash, salted, "Client Key");
    const std::string signature = crypto.hmac(hash, keys.stored_key, message);
    for (std::size_t i = 0; i < proof.size(); ++i)
      proof[i] = static_cast<char>(proof[i] ^ signature[i]);
    server_signature = "v=" + sasl::base64_encode(crypto.hmac(hash, keys.server_key, message));
    return without_proof + ",p=" + sasl::base64_encode(proof);
  }

  /// Hi() of RFC 5802 §2.2, by hand.
  [[nodiscard]] std::string salted_password(const sasl::ScramKeys& known) const {
    std::string u = sasl_crypto().hmac(hash, password, known.salt + std::string("\0\0\0\1", 4));
    std::string out = u;
    for (std::uint32_t i = 1; i < known.iterations; ++i) {
      u = sasl_crypto().hmac(hash, password, u);
      for (std::size_t k = 0; k < out.size(); ++k) out[k] = static_cast<char>(out[k] ^ u[k]);
    }
    return out;
  }
};

// RFC 5802 §5, RFC 7677 §3: the keys of the examples check their proofs and make their signatures.
TEST(ScramKeys, FitTheExamplesOfTheRfcs) {
  for (const Example& example : {kSha1, kSha256}) {
    const auto keys = make_scram_keys(example.hash, Secret("pencil"),
                                      sasl::base64_decode(example.salt, 100).value(), 4096);
    const std::string last = example.client_final;
    const std::string proof = sasl::base64_decode(last.substr(last.find(",p=") + 3), 100).value();
    const std::string message = std::string(example.client_first).substr(3) + "," +
                                example.server_first + "," + last.substr(0, last.find(",p="));
    std::string key = sasl_crypto().hmac(example.hash, keys.stored_key, message);
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<char>(key[i] ^ proof[i]);
    EXPECT_EQ(sasl_crypto().hash(example.hash, key), keys.stored_key) << example.mechanism;
    EXPECT_EQ(
        "v=" + sasl::base64_encode(sasl_crypto().hmac(example.hash, keys.server_key, message)),
        example.server_final);
  }
}

// RFC 5802 §5, whole: its server nonce is base64 text of a length that ours could have.
TEST(Scram, Rfc5802Section5) {
  const KnownRandom random(sasl::base64_decode("3rfcNHYJY1ZVvWVs7jAA", 100).value());
  sasl::ServerExchange exchange(settings(random));
  const Step first = exchange.start("SCRAM-SHA-1", kSha1.client_first);
  EXPECT_EQ(std::get<sasl::FindScram>(first).authcid, "user");
  EXPECT_EQ(std::get<sasl::FindScram>(first).hash, Hash::kSha1);
  const auto keys = make_scram_keys(Hash::kSha1, Secret("pencil"),
                                    sasl::base64_decode(kSha1.salt, 100).value(), 4096);
  const std::string server_first = challenge(exchange.answer(keys));
  EXPECT_EQ(server_first,
            "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7jAA,s=QSXCR+Q6sek8bf92,i=4096");
  Client client{.hash = Hash::kSha1};
  const std::string last = client.last(server_first, keys);
  EXPECT_EQ(challenge(exchange.respond(last)), client.server_signature);
  const Step done = exchange.respond("");
  EXPECT_EQ(std::get<sasl::Proven>(done).authcid, "user");
}

/// Goes through an exchange up to the server's last message.
Step run(Client& client, std::string_view mechanism, const sasl::ChannelBindings& bindings,
         std::string_view stored = "pencil") {
  sasl::ServerExchange exchange(settings(sasl_crypto(), bindings));
  Step step = exchange.begin(mechanism, sasl::base64_encode(client.first()));
  const auto* find = std::get_if<sasl::FindScram>(&step);
  if (find == nullptr) return step;
  const auto keys = make_scram_keys(find->hash, Secret(stored), "salt", 4);
  step = exchange.answer(keys);
  step = exchange.line(sasl::base64_encode(client.last(challenge(step), keys)));
  if (!std::holds_alternative<Challenge>(step)) return step;
  EXPECT_EQ(challenge(step), client.server_signature);
  return exchange.line("");
}

TEST(Scram, TakesNamesWithEscapesAndAuthorizationIdentities) {
  Client client{.gs2 = "n,a=bo=3Db,", .user = "a=2Cl=3Dice@example.org"};
  const Step step = run(client, "SCRAM-SHA-256", {});
  EXPECT_EQ(std::get<sasl::Proven>(step).authcid, "a,l=ice@example.org");
  EXPECT_EQ(std::get<sasl::Proven>(step).authzid, "bo=b");
}

TEST(Scram, AWrongPasswordIsOne) {
  Client client{.password = "pencils"};
  const Failed wrong = failed(run(client, "SCRAM-SHA-256", {}));
  EXPECT_EQ(wrong.failure, Failure::kWrong);
  EXPECT_NE(wrong.text.find("e=invalid-proof"), std::string::npos);
  EXPECT_EQ(wrong.authcid, "user");
}

TEST(Scram, BindsTheChannel) {
  const sasl::ChannelBindings bindings{.tls_exporter = "exported", .tls_server_end_point = "sum"};
  for (const auto& [name, octets] :
       {std::pair("tls-exporter", "exported"), std::pair("tls-server-end-point", "sum")}) {
    Client client{.gs2 = "p=" + std::string(name) + ",,", .binding = octets};
    EXPECT_TRUE(std::holds_alternative<sasl::Proven>(run(client, "SCRAM-SHA-256-PLUS", bindings)));
    client.hash = Hash::kSha1;
    EXPECT_TRUE(std::holds_alternative<sasl::Proven>(run(client, "SCRAM-SHA-1-PLUS", bindings)));
    client.binding = "of the one in between";
    const Failed other = failed(run(client, "SCRAM-SHA-1-PLUS", bindings));
    EXPECT_EQ(other.failure, Failure::kBinding);
    EXPECT_NE(other.text.find("e=channel-bindings-dont-match"), std::string::npos);
  }
}

// RFC 5802 §6, RFC 5801 §5.
TEST(Scram, FlagsOfChannelBindingAreKept) {
  const sasl::ChannelBindings none;
  const sasl::ChannelBindings end_point{.tls_exporter = {}, .tls_server_end_point = "sum"};
  struct Case {
    const char* gs2;
    const char* mechanism;
    const sasl::ChannelBindings* bindings;
    const char* error;  // nullptr: logs in
  };
  const Case cases[] = {
      {"n,,", "SCRAM-SHA-256", &none, nullptr},
      {"y,,", "SCRAM-SHA-256", &none, nullptr},
      {"n,,", "SCRAM-SHA-256", &end_point, nullptr},
      {"y,,", "SCRAM-SHA-256", &end_point, "e=server-does-support-channel-binding"},
      {"p=tls-exporter,,", "SCRAM-SHA-256", &end_point, "e=channel-binding-not-supported"},
      {"n,,", "SCRAM-SHA-256-PLUS", &end_point, "e=other-error"},
      {"y,,", "SCRAM-SHA-256-PLUS", &end_point, "e=other-error"},
      {"p=tls-exporter,,", "SCRAM-SHA-256-PLUS", &end_point, "e=unsupported-channel-binding-type"},
      {"p=tls-unique,,", "SCRAM-SHA-256-PLUS", &end_point, "e=unsupported-channel-binding-type"},
      {"p=tls-server-end-point,,", "SCRAM-SHA-256-PLUS", &none, "not offered"},
  };
  for (const Case& each : cases) {
    Client client{.gs2 = each.gs2};
    const Step step = run(client, each.mechanism, *each.bindings);
    if (each.error == nullptr) {
      EXPECT_TRUE(std::holds_alternative<sasl::Proven>(step)) << each.gs2;
    } else {
      EXPECT_NE(failed(step).text.find(each.error), std::string::npos)
          << each.gs2 << failed(step).text;
    }
  }
}

TEST(Scram, WhereNoBindingIsOfferedNobodyHasHiddenIt) {
  for (const bool offered : {true, false}) {
    auto with = settings(sasl_crypto(), {.tls_exporter = "exported", .tls_server_end_point = {}});
    with.allowed.channel_binding = offered;
    sasl::ServerExchange exchange(with);
    const Step step = exchange.start("SCRAM-SHA-256", "y,,n=user,r=abc");
    EXPECT_EQ(std::holds_alternative<sasl::FindScram>(step), !offered);
    sasl::ServerExchange plus(with);
    const Step bound = plus.start("SCRAM-SHA-256-PLUS", "p=tls-exporter,,n=user,r=abc");
    EXPECT_EQ(std::holds_alternative<sasl::FindScram>(bound), offered);
  }
}

TEST(Scram, RefusesMalformedFirstMessages) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "other-error"},
      {"n", "other-error"},
      {"n,", "other-error"},
      {"n,,", "other-error"},
      {"x,,n=user,r=a", "other-error"},
      {"p=,,n=user,r=a", "other-error"},
      {"p=tls unique,,n=user,r=a", "other-error"},
      {"n,b=x,n=user,r=a", "other-error"},
      {"n,a=,n=user,r=a", "invalid-username-encoding"},
      {"n,,m=x,n=user,r=a", "extensions-not-supported"},
      {"n,,r=a,n=user", "other-error"},
      {"n,,n=,r=a", "invalid-username-encoding"},
      {"n,,n=us=er,r=a", "invalid-username-encoding"},
      {"n,,n=us=2cer,r=a", "invalid-username-encoding"},
      {"n,,n=us\xff,r=a", "invalid-username-encoding"},
      {"n,,n=user", "other-error"},
      {"n,,n=user,r=", "other-error"},
      {"n,,n=user,r=a b", "other-error"},
      {"n,,n=user,r=a,", "other-error"},
      {"n,,n=user,r=a,x", "other-error"},
      {"n,,n=user,r=a,1=b", "other-error"},
      {"n,,n=user,r=a,x=\xff", "other-error"},
  };
  for (const auto& [message, value] : cases) {
    sasl::ServerExchange exchange(settings(sasl_crypto()));
    const Failed out = failed(exchange.start("SCRAM-SHA-256", message));
    EXPECT_EQ(out.failure, Failure::kMalformed) << message;
    EXPECT_NE(out.text.find("e=" + std::string(value)), std::string::npos) << message << out.text;
  }
  sasl::ServerExchange exchange(settings(sasl_crypto()));
  EXPECT_EQ(failed(exchange.start("SCRAM-SHA-1", "n,,n=u,r=" + std::string(2000, 'a'))).failure,
            Failure::kTooLong);
  sasl::ServerExchange tolerant(settings(sasl_crypto()));  // §5.1: optional extensions
  EXPECT_TRUE(std::holds_alternative<sasl::FindScram>(
      tolerant.start("SCRAM-SHA-256", "n,,n=user,r=a,x=y,z=\xc3\xa9")));
}

/// The last message, changed by `change`, in an exchange that would have gone well.
Step with_changed_end(const std::function<std::string(std::string)>& change) {
  sasl::ServerExchange exchange(settings(sasl_crypto()));
  Client client;
  (void)exchange.start("SCRAM-SHA-256", client.first());
  const auto keys = make_scram_keys(Hash::kSha256, Secret("pencil"), "salt", 1);
  return exchange.respond(change(client.last(challenge(exchange.answer(keys)), keys)));
}

TEST(Scram, NoCutOrChangedEndLogsIn) {
  EXPECT_EQ(challenge(with_changed_end([](std::string s) { return s; })).substr(0, 2), "v=");
  const std::size_t octets = 200;
  for (std::size_t n = 0; n < octets; ++n) {
    (void)failed(
        with_changed_end([n](std::string s) { return s.substr(0, std::min(n, s.size() - 1)); }));
    (void)failed(with_changed_end([n](std::string s) {
      s[n % s.size()] = static_cast<char>(s[n % s.size()] ^ 1);
      return s;
    }));
  }
  (void)failed(with_changed_end([](std::string s) { return s + ","; }));
  (void)failed(with_changed_end([](std::string s) { return s.insert(s.find(",p="), ",x=y"); }));
  (void)failed(with_changed_end([](std::string s) { return s.insert(s.find(",r="), ",m=y"); }));
}

TEST(Scram, EveryCutFirstMessageIsRefusedOrAnotherName) {
  const std::string whole = "p=tls-exporter,a=x=2Cy,n=us=3Der,r=nonce,x=y";
  for (std::size_t n = 0; n < whole.size(); ++n) {
    sasl::ServerExchange exchange(settings(sasl_crypto(), {.tls_exporter = "x"}));
    const Step step = exchange.start("SCRAM-SHA-256-PLUS", whole.substr(0, n));
    const bool refused = std::holds_alternative<Failed>(step);
    EXPECT_EQ(refused, n <= whole.find("r=") + 2 || (n > whole.find(",x=y") && n < whole.size()))
        << whole.substr(0, n);
  }
}

TEST(Scram, TheClientHasTheLastWordAndItIsEmpty) {
  for (const bool empty : {true, false}) {
    sasl::ServerExchange exchange(settings(sasl_crypto()));
    Client client;
    (void)exchange.start("SCRAM-SHA-256", client.first());
    const auto keys = make_scram_keys(Hash::kSha256, Secret("pencil"), "salt", 1);
    (void)exchange.respond(client.last(challenge(exchange.answer(keys)), keys));
    const Step step = exchange.respond(empty ? "" : "x");
    EXPECT_EQ(std::holds_alternative<sasl::Proven>(step), empty);
  }
}

// RFC 2195 §2: the example.
TEST(CramMd5, Rfc2195Section2) {
  const auto keys = make_cram_keys(Secret("tanstaaftanstaaf"));
  const std::string sum =
      sasl_crypto().hmac_md5(keys, "<1896.697170952@postoffice.reston.mci.net>");
  std::string hex;
  for (const char c : sum) hex += fmt::format("{:02x}", c & 0xff);
  EXPECT_EQ(hex, "b913a602c7eda7a495b4e6e7334d3890");
}

// RFC 2202 §2, cases 1, 2, 6 and 7: keys under, and over, a block.
TEST(CramMd5, KeysOfAllLengths) {
  const auto hmac = [](const std::string& key, std::string_view text) {
    std::string hex;
    for (const char c : sasl_crypto().hmac_md5(make_cram_keys(Secret(key)), text))
      hex += fmt::format("{:02x}", c & 0xff);
    return hex;
  };
  EXPECT_EQ(hmac(std::string(16, '\x0b'), "Hi There"), "9294727a3638bb1c13f48ef8158bfc9d");
  EXPECT_EQ(hmac("Jefe", "what do ya want for nothing?"), "750c783e6ab0b503eaa86e310a5db738");
  EXPECT_EQ(hmac(std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
  EXPECT_EQ(hmac(std::string(80, '\xaa'),
                 "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
            "6f630fad67cda0ee1fb1f562db3aa53e");
}

TEST(CramMd5, AnExchange) {
  const KnownRandom random("0123456789abcdef");
  const auto keys = make_cram_keys(Secret("tanstaaftanstaaf"));
  const auto exchange_with = [&](const std::function<std::string(std::string)>& change) {
    sasl::ServerExchange exchange(settings(random));
    const std::string said = challenge(exchange.begin("CRAM-MD5", std::nullopt));
    EXPECT_EQ(said, "<30313233343536373839616263646566.896697170@postoffice.reston.mci.net>");
    std::string hex;
    for (const char c : sasl_crypto().hmac_md5(keys, said)) hex += fmt::format("{:02x}", c & 0xff);
    Step step = exchange.line(sasl::base64_encode(change("t im " + hex)));
    if (!std::holds_alternative<sasl::FindCramMd5>(step)) return step;
    EXPECT_EQ(std::get<sasl::FindCramMd5>(step).authcid, "t im");
    return exchange.answer(keys);
  };
  EXPECT_EQ(std::get<sasl::Proven>(exchange_with([](std::string s) { return s; })).authcid, "t im");
  for (std::size_t n = 0; n < 37; ++n) {
    (void)failed(exchange_with([n](std::string s) { return s.substr(0, n); }));
    if (n < 5) continue;
    EXPECT_EQ(failed(exchange_with([n](std::string s) {
                s[n] = s[n] == '0' ? '1' : '0';
                return s;
              })).failure,
              Failure::kWrong);
  }
  sasl::ServerExchange early(settings(random));
  EXPECT_EQ(failed(early.begin("CRAM-MD5", "=")).failure, Failure::kMalformed);
}

TEST(CramMd5, NoChallengeComesTwice) {
  sasl::ServerExchange one(settings(sasl_crypto()));
  sasl::ServerExchange other(settings(sasl_crypto()));
  EXPECT_NE(challenge(one.begin("CRAM-MD5", std::nullopt)),
            challenge(other.begin("CRAM-MD5", std::nullopt)));
}

}  // namespace
}  // namespace hikyaku::crypto
