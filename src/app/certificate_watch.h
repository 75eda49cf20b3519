// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "port/crypto/tls.h"

namespace hikyaku::app {

/// Takes renewed certificates into use without being told: it looks at their files now and then.
///
/// Why not a notice of the kernel: files are swapped behind symbolic links and on mounts of others,
/// where there is none. One thread.
class CertificateWatch {
 public:
  /// As they are now, before they are read.
  explicit CertificateWatch(std::vector<crypto::CertificateFiles> files);

  enum class Seen : unsigned char { kSame, kTaken };
  /// Reads all again if one is another than before. An error, told once for the same files: what
  /// there is can't be used (the other file of the pair may still be missing), and what was in use
  /// stays.
  Result<Seen> look(crypto::TlsServer& tls);

 private:
  std::vector<crypto::CertificateFiles> files_;
  std::string seen_;
};

}  // namespace hikyaku::app
