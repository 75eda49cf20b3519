// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "port/crypto/openssl.h"
#include "port/crypto/tls.h"
#include "port/crypto/tls_session.h"

namespace hikyaku::crypto {

/// A certificate with its chain and key, checked.
struct LoadedCertificate {
  X509Ptr leaf;
  KeyPtr key;
  std::vector<X509Ptr> chain;  ///< without the leaf
  CertificateInfo info;
  std::string file;
};

/// Reads one certificate with its chain and key.
Result<LoadedCertificate> load_certificate(const CertificateFiles& files,
                                           TlsServerOptions::Outdated outdated, UnixTime now);

/// The certificates that a server loaded at one time, by name. Never changes; sessions hold it.
///
/// Certificates of the same name with keys of different kinds (ECDSA and RSA) serve it together:
/// OpenSSL takes the one that the client can verify. Of the same kind the first one counts.
/// Source: RFC 6066 §3 (SNI), RFC 6125 §6.4.3 (a wildcard is the whole left-most label).
class CertificateSet final : public TlsSession::Owner {
 public:
  using Prepare = std::function<void(SSL_CTX*)>;

  /// `prepare` sets the callbacks of each context; `shared` is what they point to.
  static Result<std::shared_ptr<const CertificateSet>> make(
      std::vector<LoadedCertificate> certificates, const Prepare& prepare,
      std::shared_ptr<const void> shared);

  /// The context of a name: exact first, then a wildcard, else that of the first certificate.
  [[nodiscard]] SSL_CTX* find(std::string_view server_name) const;
  [[nodiscard]] SSL_CTX* first() const { return first_; }
  [[nodiscard]] const std::vector<CertificateInfo>& infos() const { return infos_; }

 private:
  /// Certificates that serve a name together, by their numbers.
  using Group = std::vector<std::size_t>;

  CertificateSet() = default;
  Result<SSL_CTX*> context_of(const Group& group, const std::vector<LoadedCertificate>& all,
                              const Prepare& prepare);

  std::shared_ptr<const void> shared_;
  std::map<Group, SslContextPtr> contexts_;
  std::unordered_map<std::string, SSL_CTX*> by_name_;  ///< "*.example.org" with its star
  SSL_CTX* first_ = nullptr;
  std::vector<CertificateInfo> infos_;
};

}  // namespace hikyaku::crypto
