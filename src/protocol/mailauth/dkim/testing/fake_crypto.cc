// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/testing/fake_crypto.h"

#include <charconv>
#include <cstring>

namespace hikyaku::dkim {
namespace {

/// FNV-1a of 64 bits, four times with different beginnings.
class FakeHasher final : public Hasher {
 public:
  void update(std::string_view octets) override {
    for (const char c : octets) {
      for (auto& sum : sums_) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
  }
  [[nodiscard]] Digest finish() override {
    Digest out;
    std::memcpy(out.data(), sums_.data(), out.size());
    return out;
  }
  [[nodiscard]] std::unique_ptr<Hasher> clone() const override {
    auto copy = std::make_unique<FakeHasher>();
    copy->sums_ = sums_;
    return copy;
  }

 private:
  std::array<std::uint64_t, 4> sums_{0xcbf29ce484222325U, 1, 2, 3};
};

std::string sign_as(Algorithm algorithm, std::string_view public_key, const Digest& digest) {
  std::string out(name_of(algorithm));
  out += '/';
  out += public_key;
  out += '/';
  out.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  return out;
}

}  // namespace

std::unique_ptr<Hasher> FakeCrypto::sha256() const { return std::make_unique<FakeHasher>(); }

SignatureCheck FakeCrypto::check(Algorithm algorithm, std::string_view public_key,
                                 const Digest& digest, std::string_view signature) const {
  ++checks_;
  SignatureCheck out;
  const auto colon = public_key.find(':');
  if (colon == std::string_view::npos) return out;
  std::from_chars(public_key.data(), public_key.data() + colon, out.key_bits);
  out.status = signature == sign_as(algorithm, public_key, digest) ? SignatureCheck::Status::kGood
                                                                   : SignatureCheck::Status::kBad;
  return out;
}

Result<std::string> FakeKey::sign(const Digest& digest) const {
  return sign_as(algorithm_, public_key_, digest);
}

}  // namespace hikyaku::dkim
