// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// The certificates that a server loaded at one time, by name. Never changes; sessions hold it.
///
/// Source: RFC 6066 §3 (SNI), RFC 6125 §6.4.3 (a wildcard is the whole left-most label).
class CertificateSet final : public TlsSession::Owner {
 public:
  struct Entry {
    SslContextPtr context;
    CertificateInfo info;
  };

  /// `shared`: what the callbacks of the contexts point to.
  CertificateSet(std::vector<Entry> entries, std::shared_ptr<const void> shared);

  /// The context of a name: exact first, then a wildcard, else the first of all.
  [[nodiscard]] SSL_CTX* find(std::string_view server_name) const;
  [[nodiscard]] SSL_CTX* first() const { return entries_.front().context.get(); }
  [[nodiscard]] std::vector<CertificateInfo> infos() const;

 private:
  std::shared_ptr<const void> shared_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, SSL_CTX*> by_name_;  ///< "*.example.org" with its star
};

/// Loads one certificate with its chain and key into a context.
Result<CertificateSet::Entry> load_certificate(const CertificateFiles& files,
                                               TlsServerOptions::Outdated outdated, UnixTime now);

}  // namespace hikyaku::crypto
