// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "port/crypto/tls.h"

namespace hikyaku::crypto {

/// A self-signed certificate with its key, in a directory of its own that goes with it. For tests.
class TempCertificate {
 public:
  enum class Kind : unsigned char { kEcdsa, kRsa };
  explicit TempCertificate(const std::vector<std::string>& names, int days = 30,
                           UnixTime now = SystemClock().now());
  TempCertificate(const TempCertificate&) = delete;
  TempCertificate& operator=(const TempCertificate&) = delete;
  ~TempCertificate();

  [[nodiscard]] CertificateFiles files() const;
  [[nodiscard]] std::string directory() const { return directory_; }
  /// With an RSA key of 2048 bits.
  explicit TempCertificate(const std::vector<std::string>& names, Kind kind);
  /// Another certificate in the same files.
  void replace(const std::vector<std::string>& names, int days = 30,
               UnixTime now = SystemClock().now());

 private:
  std::filesystem::path directory_;
};

/// Makes `path` hold `text`.
void write_file(const std::string& path, std::string_view text);

}  // namespace hikyaku::crypto
