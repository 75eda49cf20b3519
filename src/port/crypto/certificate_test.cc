// SPDX-License-Identifier: Apache-2.0
// Goal: certificates that we make say what was asked; files that can't be used say why and what to
// do.
#include "port/crypto/certificate.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "port/crypto/testing/temp_certificate.h"

namespace hikyaku::crypto {
namespace {

constexpr UnixTime kNow{std::chrono::seconds(1'800'000'000)};

TEST(Certificate, SelfSignedSaysWhatWasAsked) {
  const auto made = make_self_signed({"mx.example.org", "*.example.org", "192.0.2.1"}, 90, kNow);
  ASSERT_TRUE(made.has_value());
  const auto info = read_certificate(made->certificate_pem);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->subject, "CN=mx.example.org");
  EXPECT_EQ(info->issuer, info->subject);
  EXPECT_EQ(info->names, (std::vector<std::string>{"mx.example.org", "*.example.org"}));
  EXPECT_EQ(info->not_before, kNow - std::chrono::hours(1));
  EXPECT_EQ(info->not_after, kNow + std::chrono::days(90));
  EXPECT_EQ(info->sha256.size(), 64U);
  EXPECT_TRUE(made->key_pem.reveal().starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST(Certificate, NamesThatAreNoneAreRefused) {
  for (const char* name : {"", "a,DNS:evil.example", "a b", "user@example.org", "a\nb"}) {
    EXPECT_FALSE(make_self_signed({name}, 1, kNow).has_value()) << name;
  }
  EXPECT_FALSE(make_self_signed({}, 1, kNow).has_value());
}

TEST(Certificate, CutAtEveryOctetIsAnErrorOrTheSame) {
  const auto pem = make_self_signed({"mx.example.org"}, 1, kNow)->certificate_pem;
  for (std::size_t n = 0; n + 1 < pem.size(); ++n) {
    EXPECT_FALSE(read_certificate(std::string_view(pem).substr(0, n)).has_value()) << n;
  }
}

TEST(Certificate, EveryUnusableFileSaysWhyAndWhatToDo) {
  const TempCertificate good({"mx.example.org"});
  const TempCertificate other({"mx.example.org"});
  const std::string junk = good.directory() + "/junk.pem";
  write_file(junk, "no pem at all\n");
  const std::string empty = good.directory() + "/empty.pem";
  write_file(empty, "");
  const std::string locked = good.directory() + "/locked.pem";
  write_file(locked,
             "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
             "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
             "VGhpcyBpcyBub3QgYSBrZXkgYXQgYWxsLCBidXQgbG9uZw==\n-----END EC PRIVATE KEY-----\n");
  const auto [cert, key] = good.files();
  const std::string missing = good.directory() + "/missing.pem";
  const struct {
    CertificateFiles files;
    const char* text;
  } table[] = {
      {{missing, key}, "there is no such file"},
      {{cert, missing}, "there is no such file"},
      {{good.directory(), key}, "it is a directory"},
      {{junk, key}, "holds no certificate in PEM form"},
      {{cert, junk}, "holds no private key in PEM form"},
      {{empty, key}, "holds no certificate in PEM form"},
      {{cert, empty}, "holds no private key in PEM form"},
      {{key, key}, "holds no certificate in PEM form"},
      {{cert, cert}, "holds no private key in PEM form"},
      {{cert, other.files().key_file}, "does not belong to the certificate"},
      {{cert, locked}, "locked by a pass phrase"},
  };
  for (const auto& [files, text] : table) {
    const auto made = TlsServer::make({.certificates = {files}});
    ASSERT_FALSE(made.has_value()) << text;
    EXPECT_EQ(made.error().remedy, Remedy::kPermanent) << text;
    EXPECT_NE(made.error().text.find(text), std::string::npos) << made.error().text;
  }
  EXPECT_FALSE(TlsServer::make({}).has_value());
}

TEST(Certificate, OutdatedOnesAreRefusedUnlessAskedFor) {
  const auto now = SystemClock().now();
  const struct {
    UnixTime made;
    const char* text;
  } table[] = {
      {now - std::chrono::days(40), "expired on"},
      {now + std::chrono::days(2), "check this machine's clock"},
  };
  for (const auto& [made, text] : table) {
    const TempCertificate certificate({"mx.example.org"}, 30, made);
    const auto refused = TlsServer::make({.certificates = {certificate.files()}});
    ASSERT_FALSE(refused.has_value()) << text;
    EXPECT_NE(refused.error().text.find(text), std::string::npos) << refused.error().text;
    EXPECT_TRUE(TlsServer::make({.certificates = {certificate.files()},
                                 .outdated = TlsServerOptions::Outdated::kServe})
                    .has_value());
  }
}

}  // namespace
}  // namespace hikyaku::crypto
