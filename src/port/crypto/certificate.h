// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "port/crypto/tls.h"

namespace hikyaku::crypto {

struct SelfSigned {
  std::string certificate_pem;
  Secret key_pem;
};

/// A new ECDSA P-256 key with a certificate that it signed itself. `names` are DNS names or IP
/// addresses, the first becomes the CN; the certificate is valid from an hour before `now`.
Result<SelfSigned> make_self_signed(const std::vector<std::string>& names, int days, UnixTime now);

/// The first certificate of a PEM text. kPermanent when there is none.
Result<CertificateInfo> read_certificate(std::string_view pem);
/// The same from a file. Blocks on disk.
Result<CertificateInfo> read_certificate_file(const std::string& path);

}  // namespace hikyaku::crypto
