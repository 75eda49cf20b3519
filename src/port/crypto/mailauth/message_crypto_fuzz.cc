// SPDX-License-Identifier: Apache-2.0
// Property: whatever octets a domain publishes as its key and a message carries as a signature,
// checking comes to the same end twice, tells no size of what is no key, takes nothing for the
// wrong algorithm, and leaves no error behind for the next one who asks OpenSSL.
// The input: the algorithm, two octets with the length of the key, the key, the signature.
#include "port/crypto/mailauth/message_crypto.h"

#include <openssl/err.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace hikyaku;  // NOLINT: the whole file is about it
using Found = dkim::SignatureCheck::Status;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  std::string_view in(reinterpret_cast<const char*>(data) + 3, size - 3);
  const auto algorithm = static_cast<dkim::Algorithm>(data[0] % 3);
  const auto key = in.substr(0, std::min<std::size_t>(data[1] * 256U + data[2], in.size()));
  const auto signature = in.substr(key.size());
  const auto& crypto = crypto::message_crypto();
  const auto digest = crypto.sha256()->finish();
  const auto first = crypto.check(algorithm, key, digest, signature);
  const auto second = crypto.check(algorithm, key, digest, signature);
  require(first.status == second.status && first.key_bits == second.key_bits);
  require(ERR_peek_error() == 0);
  if (first.status != Found::kUnusable) {
    require(algorithm != dkim::Algorithm::kRsaSha1 && first.key_bits > 0);
    require(first.key_bits <= static_cast<unsigned>(crypto::kMessageRsaBitsMax));
  }
  if (algorithm == dkim::Algorithm::kEd25519Sha256)
    require((key.size() == 32) == (first.status != Found::kUnusable));
  if (first.status == Found::kGood && algorithm == dkim::Algorithm::kEd25519Sha256)
    require(signature.size() == 64);
  return 0;
}
