// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/mailauth/message_crypto.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <string>
#include <utility>

#include "base/assert.h"
#include "port/crypto/openssl.h"

namespace hikyaku::crypto {
namespace {

using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;
using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;

constexpr std::size_t kEd25519KeyOctets = 32;
constexpr int kRsaBitsMin = 1024;

const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  HK_ASSERT(method != nullptr);
  return method;
}

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

class Sha256Hasher final : public dkim::Hasher {
 public:
  Sha256Hasher() : context_(EVP_MD_CTX_new()) {
    HK_ASSERT(context_ && EVP_DigestInit_ex(context_.get(), sha256_method(), nullptr) == 1);
  }
  void update(std::string_view text) override {
    HK_ASSERT(EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1);
  }
  [[nodiscard]] dkim::Digest finish() override {
    dkim::Digest out;
    HK_ASSERT(EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1);
    return out;
  }
  [[nodiscard]] std::unique_ptr<dkim::Hasher> clone() const override {
    auto copy = std::make_unique<Sha256Hasher>();
    HK_ASSERT(EVP_MD_CTX_copy_ex(copy->context_.get(), context_.get()) == 1);
    return copy;
  }

 private:
  DigestContextPtr context_;
};

KeyPtr read_public_key(dkim::Algorithm algorithm, std::string_view key) {
  if (algorithm == dkim::Algorithm::kEd25519Sha256) {
    if (key.size() != kEd25519KeyOctets) return nullptr;
    return KeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(key), key.size()));
  }
  if (algorithm != dkim::Algorithm::kRsaSha256) return nullptr;
  const auto size = static_cast<long>(key.size());
  const auto* at = octets(key);
  KeyPtr out(d2i_PUBKEY(nullptr, &at, size));
  if (!out) {
    // RFC 6376 erratum 3017: a bare RSAPublicKey is as good.
    at = octets(key);
    out.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size));
  }
  if (!out || at != octets(key) + size || EVP_PKEY_get_base_id(out.get()) != EVP_PKEY_RSA)
    return nullptr;
  return out;
}

bool rsa_verifies(EVP_PKEY* key, const dkim::Digest& digest, std::string_view signature) {
  const ContextPtr context(EVP_PKEY_CTX_new(key, nullptr));
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), sha256_method()) == 1 &&
         EVP_PKEY_verify(context.get(), octets(signature), signature.size(), digest.data(),
                         digest.size()) == 1;
}

bool ed25519_verifies(EVP_PKEY* key, const dkim::Digest& digest, std::string_view signature) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), digest.data(),
                          digest.size()) == 1;
}

class OpensslCrypto final : public dkim::Crypto {
 public:
  [[nodiscard]] std::unique_ptr<dkim::Hasher> sha256() const override {
    return std::make_unique<Sha256Hasher>();
  }
  [[nodiscard]] dkim::SignatureCheck check(dkim::Algorithm algorithm, std::string_view public_key,
                                           const dkim::Digest& digest,
                                           std::string_view signature) const override {
    using Status = dkim::SignatureCheck::Status;
    dkim::SignatureCheck out;
    const auto key = read_public_key(algorithm, public_key);
    if (key) {
      const bool rsa = algorithm == dkim::Algorithm::kRsaSha256;
      const int bits = EVP_PKEY_get_bits(key.get());
      out.key_bits = rsa ? static_cast<unsigned>(bits) : 8 * kEd25519KeyOctets;
      if (!rsa || bits <= kMessageRsaBitsMax) {
        const bool good = rsa ? rsa_verifies(key.get(), digest, signature)
                              : ed25519_verifies(key.get(), digest, signature);
        out.status = good ? Status::kGood : Status::kBad;
      }
    }
    ERR_clear_error();
    return out;
  }
};

class OpensslSigningKey final : public dkim::SigningKey {
 public:
  OpensslSigningKey(KeyPtr key, dkim::Algorithm algorithm)
      : key_(std::move(key)), algorithm_(algorithm) {}
  [[nodiscard]] dkim::Algorithm algorithm() const override { return algorithm_; }

  [[nodiscard]] Result<std::string> sign(const dkim::Digest& digest) const override {
    std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
    std::size_t size = out.size();
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    const bool good = algorithm_ == dkim::Algorithm::kRsaSha256 ? sign_rsa(digest, to, size)
                                                                : sign_ed25519(digest, to, size);
    if (!good) return retry_later("signing a message: " + take_openssl_error());
    out.resize(size);
    return out;
  }

 private:
  bool sign_rsa(const dkim::Digest& digest, unsigned char* to, std::size_t& size) const {
    const ContextPtr context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    return context && EVP_PKEY_sign_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context.get(), sha256_method()) == 1 &&
           EVP_PKEY_sign(context.get(), to, &size, digest.data(), digest.size()) == 1;
  }
  bool sign_ed25519(const dkim::Digest& digest, unsigned char* to, std::size_t& size) const {
    const DigestContextPtr context(EVP_MD_CTX_new());
    return context &&
           EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
           EVP_DigestSign(context.get(), to, &size, digest.data(), digest.size()) == 1;
  }

  KeyPtr key_;
  dkim::Algorithm algorithm_;
};

}  // namespace

const dkim::Crypto& message_crypto() {
  static const OpensslCrypto crypto;
  return crypto;
}

Result<std::unique_ptr<dkim::SigningKey>> load_message_key(std::string_view private_pem) {
  const BioPtr in = memory_bio(private_pem);
  char none[] = "";  // so that OpenSSL never asks the terminal for a password
  KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, none));
  if (!key)
    return permanent("there is no readable private key in it (" + take_openssl_error() +
                     "); make one with openssl genpkey -algorithm RSA or ed25519");
  ERR_clear_error();
  const int kind = EVP_PKEY_get_base_id(key.get());
  if (kind == EVP_PKEY_ED25519)
    return std::make_unique<OpensslSigningKey>(std::move(key), dkim::Algorithm::kEd25519Sha256);
  if (kind != EVP_PKEY_RSA)
    return permanent("the private key is neither RSA nor Ed25519; make one of these");
  const int bits = EVP_PKEY_get_bits(key.get());
  if (bits < kRsaBitsMin)
    return permanent("the RSA key has " + std::to_string(bits) +
                     " bits, which no verifier may accept; make one of 2048");
  return std::make_unique<OpensslSigningKey>(std::move(key), dkim::Algorithm::kRsaSha256);
}

}  // namespace hikyaku::crypto
