// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "base/assert.h"
#include "port/crypto/openssl.h"

namespace hikyaku::crypto {
namespace {

const EVP_MD* sha256_method() {
  // Fetched once: a fetch by each use costs more than a short digest.
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  HK_ASSERT(method != nullptr);
  return method;
}

}  // namespace

Sha256Sum sha256(std::string_view octets) {
  Sha256Sum sum;
  HK_ASSERT(
      EVP_Digest(octets.data(), octets.size(), sum.data(), nullptr, sha256_method(), nullptr) == 1);
  return sum;
}

Sha256Sum hmac_sha256(std::string_view key, std::string_view octets) {
  Sha256Sum sum;
  unsigned int size = 0;
  HK_ASSERT(HMAC(sha256_method(), key.data(), static_cast<int>(key.size()),
                 reinterpret_cast<const unsigned char*>(octets.data()), octets.size(), sum.data(),
                 &size) != nullptr);
  return sum;
}

struct Sha256::Impl {
  std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
  void start() {
    HK_ASSERT(context && EVP_DigestInit_ex(context.get(), sha256_method(), nullptr) == 1);
  }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) { impl_->start(); }
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view octets) {
  HK_ASSERT(EVP_DigestUpdate(impl_->context.get(), octets.data(), octets.size()) == 1);
}

Sha256Sum Sha256::finish() {
  Sha256Sum sum;
  HK_ASSERT(EVP_DigestFinal_ex(impl_->context.get(), sum.data(), nullptr) == 1);
  impl_->start();
  return sum;
}

std::string hex(std::string_view octets) {
  std::string out;
  out.reserve(octets.size() * 2);
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    out += "0123456789abcdef"[octet >> 4];
    out += "0123456789abcdef"[octet & 15];
  }
  return out;
}

std::string hex(const Sha256Sum& sum) {
  return hex({reinterpret_cast<const char*>(sum.data()), sum.size()});
}

bool equal_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace hikyaku::crypto
