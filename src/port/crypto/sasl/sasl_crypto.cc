// SPDX-License-Identifier: Apache-2.0
// Why: the state of MD5 can be had and set by OpenSSL's older interface only.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "port/crypto/sasl/sasl_crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/md5.h>

#include <array>

#include "base/assert.h"
#include "port/crypto/random.h"

namespace hikyaku::crypto {
namespace {

constexpr std::size_t kSaltOctets = 16;
constexpr std::size_t kMd5BlockOctets = 64;

const EVP_MD* method_of(sasl::Hash hash) {
  static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  const EVP_MD* method = hash == sasl::Hash::kSha1 ? sha1 : sha256;
  HK_ASSERT(method != nullptr);
  return method;
}

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// A, B, C, D, each with its lowest octet first, as at the end of MD5 (RFC 1321 §3.5).
std::string state_of(const MD5_CTX& context) {
  std::string out;
  for (const auto word : {context.A, context.B, context.C, context.D}) {
    for (unsigned shift = 0; shift < 32; shift += 8)
      out += static_cast<char>(static_cast<unsigned char>(word >> shift));
  }
  return out;
}

/// MD5 that has read one block, which left it in that state.
MD5_CTX behind_block(std::string_view state) {
  HK_ASSERT(state.size() == sasl::kMd5Octets);
  MD5_CTX out;
  HK_ASSERT(MD5_Init(&out) == 1);
  std::array<MD5_LONG, 4> words{};
  for (std::size_t i = 0; i < state.size(); ++i) {
    words[i / 4] |= static_cast<MD5_LONG>(static_cast<unsigned char>(state[i]) << (8 * (i % 4)));
  }
  out.A = words[0];
  out.B = words[1];
  out.C = words[2];
  out.D = words[3];
  out.Nl = kMd5BlockOctets * 8;  // bits so far
  return out;
}

std::string finish_md5(MD5_CTX context, std::string_view text) {
  std::array<unsigned char, sasl::kMd5Octets> sum;
  HK_ASSERT(MD5_Update(&context, text.data(), text.size()) == 1);
  HK_ASSERT(MD5_Final(sum.data(), &context) == 1);
  return {sum.begin(), sum.end()};
}

class SaslCrypto final : public sasl::Crypto {
 public:
  [[nodiscard]] std::string hash(sasl::Hash hash, std::string_view text) const override {
    std::string sum(sasl::octets_of(hash), '\0');
    HK_ASSERT(EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(sum.data()),
                         nullptr, method_of(hash), nullptr) == 1);
    return sum;
  }
  [[nodiscard]] std::string hmac(sasl::Hash hash, std::string_view key,
                                 std::string_view text) const override {
    std::string sum(sasl::octets_of(hash), '\0');
    unsigned int size = 0;
    HK_ASSERT(HMAC(method_of(hash), key.data(), static_cast<int>(key.size()), octets(text),
                   text.size(), reinterpret_cast<unsigned char*>(sum.data()), &size) != nullptr);
    return sum;
  }
  [[nodiscard]] std::string hmac_md5(const sasl::CramKeys& keys,
                                     std::string_view text) const override {
    return finish_md5(behind_block(keys.outer), finish_md5(behind_block(keys.inner), text));
  }
  [[nodiscard]] std::string random(std::size_t count) const override {
    return random_octets(count);
  }
};

}  // namespace

const sasl::Crypto& sasl_crypto() {
  static const SaslCrypto crypto;
  return crypto;
}

sasl::ScramKeys make_scram_keys(sasl::Hash hash, const Secret& password, std::uint32_t iterations) {
  return make_scram_keys(hash, password, random_octets(kSaltOctets), iterations);
}

// RFC 5802 §3.
sasl::ScramKeys make_scram_keys(sasl::Hash hash, const Secret& password, std::string_view salt,
                                std::uint32_t iterations) {
  const std::string_view text = password.reveal();
  std::string salted(sasl::octets_of(hash), '\0');
  HK_ASSERT(PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), octets(salt),
                              static_cast<int>(salt.size()), static_cast<int>(iterations),
                              method_of(hash), static_cast<int>(salted.size()),
                              reinterpret_cast<unsigned char*>(salted.data())) == 1);
  std::string client_key = sasl_crypto().hmac(hash, salted, "Client Key");
  sasl::ScramKeys keys{.salt = std::string(salt),
                       .iterations = iterations,
                       .stored_key = sasl_crypto().hash(hash, client_key),
                       .server_key = sasl_crypto().hmac(hash, salted, "Server Key")};
  wipe(salted);
  wipe(client_key);
  return keys;
}

sasl::CramKeys make_cram_keys(const Secret& password) {
  std::string key(password.reveal());
  // RFC 2104 §2: longer keys are hashed first.
  if (key.size() > kMd5BlockOctets) {
    MD5_CTX fresh;
    HK_ASSERT(MD5_Init(&fresh) == 1);
    std::string hashed = finish_md5(fresh, key);
    wipe(key);
    key = std::move(hashed);
  }
  key.resize(kMd5BlockOctets, '\0');
  const auto behind = [&key](unsigned char pad) {
    std::string block = key;
    for (char& c : block) c = static_cast<char>(c ^ pad);
    MD5_CTX context;
    HK_ASSERT(MD5_Init(&context) == 1);
    MD5_Transform(&context, octets(block));
    wipe(block);
    return state_of(context);
  };
  sasl::CramKeys keys{.inner = behind(0x36), .outer = behind(0x5c)};
  wipe(key);
  return keys;
}

}  // namespace hikyaku::crypto
