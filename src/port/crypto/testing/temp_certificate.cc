// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/testing/temp_certificate.h"

#include <cstdlib>
#include <fstream>

#include "base/assert.h"
#include "port/crypto/certificate.h"
#include "port/crypto/openssl.h"

namespace hikyaku::crypto {

void write_file(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  HK_ASSERT(out.good());
}

TempCertificate::TempCertificate(const std::vector<std::string>& names, int days, UnixTime now) {
  std::string pattern = std::filesystem::temp_directory_path() / "hikyaku-tls-XXXXXX";
  HK_ASSERT(::mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  replace(names, days, now);
}

TempCertificate::TempCertificate(const std::vector<std::string>& names, Kind kind)
    : TempCertificate(names) {
  if (kind == Kind::kEcdsa) return;
  const KeyPtr key(EVP_RSA_gen(2048));
  const std::string pem = read_pem_file(files().certificate_file, kCertificateRole).value();
  const X509Ptr certificate(PEM_read_bio_X509(memory_bio(pem).get(), nullptr, nullptr, nullptr));
  HK_ASSERT(X509_set_pubkey(certificate.get(), key.get()) == 1);
  HK_ASSERT(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  const BioPtr out(BIO_new(BIO_s_mem()));
  HK_ASSERT(PEM_write_bio_X509(out.get(), certificate.get()) == 1);
  const BioPtr key_out(BIO_new(BIO_s_mem()));
  HK_ASSERT(PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                     nullptr) == 1);
  write_file(files().certificate_file, bio_octets(out.get()));
  write_file(files().key_file, bio_octets(key_out.get()));
}

TempCertificate::~TempCertificate() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

CertificateFiles TempCertificate::files() const {
  return {directory_ / "cert.pem", directory_ / "key.pem"};
}

void TempCertificate::replace(const std::vector<std::string>& names, int days, UnixTime now) {
  const auto made = make_self_signed(names, days, now);
  HK_ASSERT(made.has_value());
  write_file(files().certificate_file, made->certificate_pem);
  write_file(files().key_file, made->key_pem.reveal());
  std::filesystem::permissions(
      files().key_file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace hikyaku::crypto
