// SPDX-License-Identifier: Apache-2.0
// Goal: handshakes choose the right certificate, resume, survive a reload, and verify as asked.
#include "port/crypto/tls.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "port/crypto/certificate.h"
#include "port/crypto/digest.h"
#include "port/crypto/openssl.h"
#include "port/crypto/testing/temp_certificate.h"
#include "port/crypto/ticket_keys.h"
#include "port/crypto/tls_session.h"

namespace hikyaku::crypto {
namespace {

using Step = TlsSession::Step;

/// A server's and a client's session over one pair of sockets, driven by turns.
struct Talk {
  int sockets[2] = {-1, -1};
  std::unique_ptr<TlsSession> server;
  std::unique_ptr<TlsSession> client;
  Step server_step = Step::kWantRead;
  Step client_step = Step::kWantRead;

  Talk(const TlsServer& tls_server, const TlsClient& tls_client, std::string host) {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets), 0);
    server = tls_server.session(sockets[0]).value();
    client = tls_client.session(sockets[1], std::move(host)).value();
    const auto over = [](Step step) { return step == Step::kDone || step == Step::kFailed; };
    for (int i = 0; i < 10 && !(over(server_step) && over(client_step)); ++i) {
      if (!over(client_step)) client_step = client->handshake();
      if (!over(server_step)) server_step = server->handshake();
    }
  }
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;
  ~Talk() {
    server.reset();
    client.reset();
    ::close(sockets[0]);
    ::close(sockets[1]);
  }
  [[nodiscard]] bool established() const {
    return server_step == Step::kDone && client_step == Step::kDone;
  }
  /// One line from the server, with which the client also takes its session tickets.
  std::string greeting() {
    EXPECT_EQ(server->write("220 hello\r\n").step, Step::kDone);
    std::string buffer(100, '\0');
    const auto io = client->read(buffer);
    EXPECT_EQ(io.step, Step::kDone);
    buffer.resize(io.octets);
    return buffer;
  }
};

std::unique_ptr<TlsServer> serve(std::vector<CertificateFiles> certificates,
                                 std::vector<std::string> alpn = {}) {
  return TlsServer::make({.certificates = std::move(certificates), .alpn = std::move(alpn)})
      .value();
}
std::unique_ptr<TlsClient> call(TlsClientOptions options = {}) {
  return TlsClient::make(std::move(options)).value();
}

TEST(Tls, CarriesOctetsBothWays) {
  const TempCertificate certificate({"mx.example.org"});
  const auto server = serve({certificate.files()});
  const auto client = call();
  Talk talk(*server, *client, "mx.example.org");
  ASSERT_TRUE(talk.established());
  EXPECT_EQ(talk.greeting(), "220 hello\r\n");
  EXPECT_EQ(talk.client->write("EHLO x\r\n").octets, 8U);
  EXPECT_EQ(talk.server->poll_read(), Step::kDone);
  std::string buffer(100, '\0');
  EXPECT_EQ(talk.server->read(buffer).octets, 8U);
  EXPECT_EQ(talk.server->poll_read(), Step::kWantRead);
  talk.client->say_goodbye();
  EXPECT_EQ(talk.server->read(buffer).step, Step::kEnded);
}

TEST(Tls, InfoTellsWhatWasSettled) {
  const TempCertificate certificate({"mx.example.org"});
  const auto server = serve({certificate.files()});
  const auto client = call();
  Talk talk(*server, *client, "MX.example.org.");
  ASSERT_TRUE(talk.established());
  const auto ours = talk.server->info();
  EXPECT_EQ(ours.version, "TLSv1.3");
  EXPECT_EQ(ours.server_name, "mx.example.org");
  EXPECT_FALSE(ours.cipher.empty());
  EXPECT_FALSE(ours.resumed);
  const auto theirs = talk.client->info();
  ASSERT_TRUE(theirs.peer.has_value());
  EXPECT_EQ(theirs.peer->names, std::vector<std::string>{"mx.example.org"});
  EXPECT_EQ(theirs.verified, Verified::kNone);
  EXPECT_EQ(theirs.verify_error, "self-signed certificate");
}

TEST(Tls, ChoosesTheCertificateByName) {
  const TempCertificate first({"first.example"});
  const TempCertificate exact({"mail.example.org", "www.example.org"});
  const TempCertificate wildcard({"*.example.org"});
  const auto server = serve({first.files(), wildcard.files(), exact.files()});
  const struct {
    const char* host;
    const char* subject;
  } table[] = {
      {"first.example", "CN=first.example"},
      {"mail.example.org", "CN=mail.example.org"},
      {"WWW.Example.ORG", "CN=mail.example.org"},
      {"other.example.org", "CN=*.example.org"},
      {"a.b.example.org", "CN=first.example"},  // a star is one label
      {"example.org", "CN=first.example"},
      {"unknown.example", "CN=first.example"},
      {"192.0.2.1", "CN=first.example"},  // no SNI for addresses
      {"", "CN=first.example"},
  };
  const auto client = call();
  for (const auto& [host, subject] : table) {
    Talk talk(*server, *client, host);
    ASSERT_TRUE(talk.established()) << host;
    EXPECT_EQ(talk.client->info().peer->subject, subject) << host;
  }
}

/// What a client with these settings of OpenSSL's gets: the kind of the server's key, or "".
std::string key_shown_to(const TlsServer& tls_server, const char* host, int version,
                         const char* ciphers, const char* signatures, std::string* why = nullptr) {
  const SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  EXPECT_EQ(SSL_CTX_set_min_proto_version(context.get(), version), 1);
  EXPECT_EQ(SSL_CTX_set_max_proto_version(context.get(), version), 1);
  EXPECT_EQ(SSL_CTX_set_cipher_list(context.get(), ciphers), 1);
  EXPECT_EQ(SSL_CTX_set1_sigalgs_list(context.get(), signatures), 1);
  int sockets[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets), 0);
  std::string kind;
  {
    const SslPtr client(SSL_new(context.get()));
    SSL_set_fd(client.get(), sockets[1]);
    SSL_set_tlsext_host_name(client.get(), host);
    const auto server = tls_server.session(sockets[0]).value();
    Step step = Step::kWantRead;
    int connected = 0;
    for (int i = 0; i < 10 && step != Step::kFailed && !(step == Step::kDone && connected == 1);
         ++i) {
      if (connected != 1) connected = SSL_connect(client.get());
      if (step != Step::kDone) step = server->handshake();
    }
    const X509* shown = SSL_get0_peer_certificate(client.get());
    if (connected == 1 && step == Step::kDone && shown != nullptr) {
      kind = EVP_PKEY_get0_type_name(X509_get0_pubkey(shown));
    }
    if (why != nullptr && step == Step::kFailed) *why = server->error().text;
    ERR_clear_error();
  }
  ::close(sockets[0]);
  ::close(sockets[1]);
  return kind;
}

constexpr const char* kAllSignatures = "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256";
constexpr const char* kRsaSignatures = "RSA-PSS+SHA256:RSA+SHA256";

TEST(Tls, AnEcdsaAndAnRsaCertificateServeOneNameTogether) {
  using Kind = TempCertificate::Kind;
  const TempCertificate first({"first.example"});
  const TempCertificate first_rsa({"else.example", "first.example"}, Kind::kRsa);
  const TempCertificate ecdsa({"mx.example.org"});
  const TempCertificate rsa({"*.example.org"}, Kind::kRsa);
  const TempCertificate later({"mx.example.org"}, Kind::kRsa);
  const auto server =
      serve({first.files(), first_rsa.files(), ecdsa.files(), rsa.files(), later.files()});
  for (const char* host : {"mx.example.org", "first.example", "unknown.example"}) {
    EXPECT_EQ(
        key_shown_to(*server, host, TLS1_2_VERSION, "ECDHE-RSA-AES128-GCM-SHA256", kRsaSignatures),
        "RSA")
        << host;
    EXPECT_EQ(key_shown_to(*server, host, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256",
                           kAllSignatures),
              "EC")
        << host;
    EXPECT_EQ(key_shown_to(*server, host, TLS1_3_VERSION, "ALL", kRsaSignatures), "RSA") << host;
    EXPECT_EQ(key_shown_to(*server, host, TLS1_3_VERSION, "ALL", kAllSignatures), "EC") << host;
  }
  // The name's own certificate goes before the wildcard's.
  Talk talk(*server, *call(), "mx.example.org");
  EXPECT_EQ(talk.client->info().peer->subject, "CN=mx.example.org");
  Talk other(*server, *call(), "other.example.org");
  EXPECT_EQ(other.client->info().peer->subject, "CN=*.example.org");
}

TEST(Tls, AClientThatIsTooOldIsToldApartInPlainWords) {
  const TempCertificate certificate({"mx.example.org"});
  const auto server = serve({certificate.files()});
  std::string why;
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    why.clear();
    EXPECT_EQ(key_shown_to(*server, "mx.example.org", version, "ALL:@SECLEVEL=0",
                           "ECDSA+SHA1:ECDSA+SHA256", &why),
              "");
    EXPECT_NE(why.find("TLS 1.1 or older"), std::string::npos) << why;
  }
  EXPECT_EQ(
      key_shown_to(*server, "mx.example.org", TLS1_2_VERSION, "AES128-SHA", kAllSignatures, &why),
      "");
  EXPECT_NE(why.find("offers no cipher"), std::string::npos) << why;
}

TEST(Tls, ReloadIsForNewConnections) {
  TempCertificate certificate({"old.example"});
  const auto server = serve({certificate.files()});
  Talk before(*server, *call(), "x.example");
  certificate.replace({"new.example"});
  ASSERT_TRUE(server->reload().has_value());
  EXPECT_EQ(server->certificates().front().subject, "CN=new.example");
  Talk after(*server, *call(), "x.example");
  EXPECT_EQ(after.client->info().peer->subject, "CN=new.example");
  EXPECT_EQ(before.client->info().peer->subject, "CN=old.example");
  EXPECT_EQ(before.greeting(), "220 hello\r\n");
}

// The thread sanitizer watches: handshakes on several threads, and a reload between them.
TEST(Tls, ReloadsWhileOthersShakeHands) {
  const TempCertificate certificate({"mx.example.org"});
  const auto server = serve({certificate.files()});
  const auto client = call();
  std::atomic<int> talking{2};
  const auto talk = [&] {
    for (int i = 0; i < 20; ++i) {
      Talk one(*server, *client, "mx.example.org");
      EXPECT_TRUE(one.established());
      EXPECT_EQ(one.greeting(), "220 hello\r\n");
    }
    --talking;
  };
  {
    const std::jthread first(talk);
    const std::jthread second(talk);
    while (talking > 0) {
      EXPECT_TRUE(server->reload().has_value());
      EXPECT_EQ(server->certificates().front().subject, "CN=mx.example.org");
    }
  }
}

TEST(Tls, AFailedReloadChangesNothing) {
  TempCertificate certificate({"old.example"});
  const auto server = serve({certificate.files()});
  write_file(certificate.files().key_file, "junk");
  EXPECT_FALSE(server->reload().has_value());
  Talk talk(*server, *call(), "x.example");
  EXPECT_EQ(talk.client->info().peer->subject, "CN=old.example");
}

TEST(Tls, ASessionOutlivesItsServer) {
  const TempCertificate certificate({"mx.example.org"});
  auto server = serve({certificate.files()});
  Talk talk(*server, *call(), "mx.example.org");
  server.reset();
  EXPECT_EQ(talk.greeting(), "220 hello\r\n");
}

TEST(Tls, ResumesWithTicketsAlsoAfterAReload) {
  const TempCertificate certificate({"mx.example.org"});
  const auto server = serve({certificate.files()});
  const auto client = call();
  {
    Talk first(*server, *client, "mx.example.org");
    first.greeting();
  }
  {
    Talk again(*server, *client, "mx.example.org");
    ASSERT_TRUE(again.established());
    EXPECT_TRUE(again.server->info().resumed);
    EXPECT_TRUE(again.client->info().resumed);
    EXPECT_EQ(again.client->info().verified, Verified::kNone);
    again.greeting();
  }
  ASSERT_TRUE(server->reload().has_value());
  {
    Talk reloaded(*server, *client, "mx.example.org");
    EXPECT_TRUE(reloaded.server->info().resumed);
    reloaded.greeting();
  }
  Talk elsewhere(*server, *client, "other.example.org");
  EXPECT_FALSE(elsewhere.server->info().resumed);
  Talk stranger(*server, *call(), "mx.example.org");
  EXPECT_FALSE(stranger.server->info().resumed);
}

TEST(Tls, ConnectionsThatBeginTogetherResumeEach) {
  const TempCertificate certificate({"mx.example.org"});
  const auto server = serve({certificate.files()});
  const auto client = call();
  Talk(*server, *client, "mx.example.org").greeting();  // two tickets (RFC 8446 §4.6.1)
  Talk one(*server, *client, "mx.example.org");
  Talk two(*server, *client, "mx.example.org");
  Talk three(*server, *client, "mx.example.org");
  EXPECT_TRUE(one.server->info().resumed);
  EXPECT_TRUE(two.server->info().resumed);
  EXPECT_FALSE(three.server->info().resumed);  // none is used twice
}

TEST(Tls, TicketsOfAnotherServerMeanAFullHandshake) {
  const TempCertificate certificate({"mx.example.org"});
  const auto one = serve({certificate.files()});
  const auto two = serve({certificate.files()});
  const auto client = call();
  Talk(*one, *client, "mx.example.org").greeting();
  Talk talk(*two, *client, "mx.example.org");
  ASSERT_TRUE(talk.established());
  EXPECT_FALSE(talk.server->info().resumed);
}

TEST(Tls, ARequiredNameMustBeVerified) {
  const TempCertificate certificate({"mx.example.org"});
  const TempCertificate another({"mx.example.org"});
  const auto server = serve({certificate.files()});
  const auto trusting = [](const TempCertificate& root) {
    return call({.verify = Verify::kRequire, .trusted_file = root.files().certificate_file});
  };
  Talk good(*server, *trusting(certificate), "mx.example.org");
  ASSERT_TRUE(good.established());
  EXPECT_EQ(good.client->info().verified, Verified::kName);
  Talk wrong_name(*server, *trusting(certificate), "mx.example.com");
  EXPECT_EQ(wrong_name.client_step, Step::kFailed);
  EXPECT_NE(wrong_name.client->error().text.find("hostname mismatch"), std::string::npos);
  EXPECT_EQ(wrong_name.client->error().remedy, Remedy::kRetryLater);
  Talk wrong_root(*server, *trusting(another), "mx.example.org");
  EXPECT_EQ(wrong_root.client_step, Step::kFailed);
}

TEST(Tls, OpportunisticRecordsAGoodNameToo) {
  const TempCertificate certificate({"mx.example.org"});
  const auto server = serve({certificate.files()});
  const auto client = call({.trusted_file = certificate.files().certificate_file});
  Talk good(*server, *client, "mx.example.org");
  EXPECT_EQ(good.client->info().verified, Verified::kName);
  Talk wrong_name(*server, *client, "mx.example.com");
  ASSERT_TRUE(wrong_name.established());
  EXPECT_EQ(wrong_name.client->info().verified, Verified::kNone);
  EXPECT_EQ(wrong_name.client->info().verify_error, "hostname mismatch");
}

// RFC 7672 §3.1.1: DANE-EE(3) of the whole certificate, SHA-256; neither name nor dates count.
TEST(Tls, DaneMatchesTheRecordOrFails) {
  const TempCertificate certificate({"some.example"});
  const auto server = serve({certificate.files()});
  const std::string digest_hex = server->certificates().front().sha256;
  std::string digest;
  for (std::size_t i = 0; i < digest_hex.size(); i += 2) {
    digest += static_cast<char>(std::stoi(digest_hex.substr(i, 2), nullptr, 16));
  }
  const auto client = call();
  const auto matching = client->with_dane({{3, 0, 1, digest}}).value();
  Talk good(*server, *matching, "mx.example.org");
  ASSERT_TRUE(good.established());
  EXPECT_EQ(good.client->info().verified, Verified::kDane);
  digest[0] = static_cast<char>(digest[0] ^ 1);
  const auto differing = client->with_dane({{3, 0, 1, digest}}).value();
  Talk bad(*server, *differing, "mx.example.org");
  EXPECT_EQ(bad.client_step, Step::kFailed);
  // RFC 7672 §3.1.3: usages 0 and 1 are not for SMTP.
  EXPECT_FALSE(client->with_dane({{1, 0, 1, digest}}).has_value());
}

TEST(Tls, ReadsTlsaRecords) {
  constexpr std::string_view kRdata("\x03\x01\x01zzz", 6);
  const auto record = parse_tlsa(kRdata);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->usage, 3);
  EXPECT_EQ(record->selector, 1);
  EXPECT_EQ(record->matching, 1);
  EXPECT_EQ(record->data, "zzz");
  for (std::size_t n = 0; n < 4; ++n) EXPECT_FALSE(parse_tlsa(kRdata.substr(0, n)).has_value());
}

TEST(Tls, GarbageInsteadOfAHandshakeIsTheClientsFault) {
  const TempCertificate certificate({"mx.example.org"});
  const auto server = serve({certificate.files()});
  int sockets[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets), 0);
  {
    const auto session = server->session(sockets[0]).value();
    ASSERT_EQ(::write(sockets[1], "EHLO example.org\r\n", 18), 18);
    EXPECT_EQ(session->handshake(), Step::kFailed);
    EXPECT_EQ(session->error().remedy, Remedy::kClosePeer);
    EXPECT_NE(session->error().text.find("did not begin with TLS"), std::string::npos)
        << session->error().text;
  }
  ::close(sockets[0]);
  ::close(sockets[1]);
}

TEST(TicketKeys, OldKeysOpenForOneMoreLifeOnly) {
  TicketKeys keys;
  const SteadyTime start{};
  const auto first = keys.present(start);
  EXPECT_EQ(keys.present(start + TicketKeys::kLife / 2).name, first.name);
  const auto later = start + TicketKeys::kLife;
  EXPECT_NE(keys.present(later).name, first.name);
  const auto found = keys.find(first.name.data(), later);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->age, TicketKeys::Age::kPast);
  EXPECT_FALSE(keys.find(first.name.data(), start + 2 * TicketKeys::kLife).has_value());
}

TEST(TicketKeys, AQuietServerForgetsAllTheSame) {
  TicketKeys keys;
  const auto first = keys.present(SteadyTime{});
  EXPECT_FALSE(keys.find(first.name.data(), SteadyTime{} + 5 * TicketKeys::kLife).has_value());
}

}  // namespace
}  // namespace hikyaku::crypto
