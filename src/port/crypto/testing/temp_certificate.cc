// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/testing/temp_certificate.h"

#include <cstdlib>
#include <fstream>

#include "base/assert.h"
#include "port/crypto/certificate.h"

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
