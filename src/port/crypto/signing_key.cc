// SPDX-License-Identifier: Apache-2.0
#include "port/crypto/signing_key.h"

#include "base/words.h"
#include "port/crypto/openssl.h"

namespace hikyaku::crypto {
namespace {

constexpr unsigned kRsaBits = 2048;

Result<std::string> public_base64(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0)
    return retry_later(Words{"writing a public key: {0}", "公開鍵を作れません: {0}"},
                       take_openssl_error());
  // base64 makes 4 octets of 3, and OpenSSL adds a NUL.
  std::string out(4 * ((static_cast<std::size_t>(size) + 2) / 3) + 1, '\0');
  const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), der, size);
  OPENSSL_free(der);
  out.resize(static_cast<std::size_t>(written));
  return out;
}

}  // namespace

Result<SigningKey> make_signing_key() {
  const KeyPtr key(EVP_RSA_gen(kRsaBits));
  const BioPtr out(BIO_new(BIO_s_secmem()));
  if (!key || !out ||
      PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1)
    return retry_later(Words{"making a signing key: {0}", "署名鍵を作れません: {0}"},
                       take_openssl_error());
  HK_ASSIGN(auto published, public_base64(key.get()));
  std::string pem = bio_octets(out.get());
  return SigningKey{Secret::take(pem), std::move(published)};
}

Result<std::string> signing_public_base64(std::string_view private_pem) {
  const BioPtr in = memory_bio(private_pem);
  // An empty password, so that OpenSSL never asks the terminal for one.
  char none[] = "";
  const KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, none));
  if (!key)
    return permanent(
        Words{"there is no readable private key in it: {0}", "読み取れる秘密鍵がありません: {0}"},
        take_openssl_error());
  ERR_clear_error();
  return public_base64(key.get());
}

}  // namespace hikyaku::crypto
