// SPDX-License-Identifier: Apache-2.0
#pragma once

// For the files of this folder only: nobody else includes OpenSSL.

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/words.h"
#include "port/crypto/tls.h"

namespace hikyaku::crypto {

template <auto Free>
struct OpensslDeleter {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using BioPtr = std::unique_ptr<BIO, OpensslDeleter<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, OpensslDeleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using SslPtr = std::unique_ptr<SSL, OpensslDeleter<SSL_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, OpensslDeleter<SSL_CTX_free>>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, OpensslDeleter<SSL_SESSION_free>>;

/// The oldest error of the thread's queue, in OpenSSL's words; the queue is empty afterwards.
[[nodiscard]] std::string take_openssl_error();

/// A read-only BIO over octets that outlive it.
[[nodiscard]] BioPtr memory_bio(std::string_view octets);
[[nodiscard]] std::string bio_octets(BIO* bio);

[[nodiscard]] CertificateInfo describe(const X509* certificate);

/// A whole file of at most 1 MiB. Errors tell what `role` the file has and what to do.
Result<std::string> read_pem_file(const std::string& path, const Words& role);

constexpr Words kCertificateRole{"certificate", "証明書"};

/// What server and client have in common: versions, ciphers, memory.
void apply_common_settings(SSL_CTX* context, const char* tls12_ciphers);

[[nodiscard]] std::string small_letters(std::string_view text);

}  // namespace hikyaku::crypto
