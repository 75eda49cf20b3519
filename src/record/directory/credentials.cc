// SPDX-License-Identifier: Apache-2.0
#include "record/directory/credentials.h"

#include <algorithm>

#include "port/crypto/digest.h"
#include "port/crypto/password.h"
#include "port/crypto/sasl/sasl_crypto.h"
#include "protocol/sasl/saslprep.h"

namespace hikyaku::directory {
namespace {

constexpr std::size_t kSaltOctets = 16;  // as of real keys

/// The spellings under which a password may have been hashed: at least one.
std::vector<Secret> spellings(const Secret& password) {
  std::vector<Secret> out;
  auto prepared = sasl::saslprep(password);
  if (prepared) out.push_back(*std::move(prepared));
  if (out.empty() || !out.front().matches(password.reveal())) out.push_back(password.clone());
  return out;
}

std::string keyed(std::string_view secret, std::string_view what, std::string_view address) {
  std::string text(what);
  text.append(1, '\0').append(address);
  const auto sum = crypto::hmac_sha256(secret, text);
  return {sum.begin(), sum.end()};
}

bool outdated(const std::optional<sasl::ScramKeys>& keys) {
  return !keys || keys->iterations != crypto::kScramIterations;
}

}  // namespace

Result<Credentials> make_credentials(const Secret& password, CramMd5 cram_md5) {
  Credentials out;
  const auto prepared = sasl::saslprep(password);
  HK_ASSIGN(out.hash, crypto::hash_password(prepared ? *prepared : password));
  if (!prepared) return out;
  out.scram_sha256 = crypto::make_scram_keys(sasl::Hash::kSha256, *prepared);
  out.scram_sha1 = crypto::make_scram_keys(sasl::Hash::kSha1, *prepared);
  if (cram_md5 == CramMd5::kOn) out.cram_md5 = crypto::make_cram_keys(*prepared);
  return out;
}

Result<bool> verify_password(const Secret& password, const std::string& hash) {
  for (const Secret& spelling : spellings(password)) {
    HK_ASSIGN(const bool right, crypto::verify_password(spelling, hash));
    if (right) return true;
  }
  return false;
}

void verify_nothing(const Secret& password) {
  if (password.size() > crypto::kPasswordOctetsMax) return crypto::verify_nothing(Secret("x"));
  for (const Secret& spelling : spellings(password)) crypto::verify_nothing(spelling);
}

bool needs_renewal(const Credentials& old, const Secret& password, CramMd5 cram_md5) {
  if (crypto::needs_rehash(old.hash)) return true;
  if (!sasl::saslprep(password)) return false;
  return outdated(old.scram_sha256) || outdated(old.scram_sha1) ||
         old.cram_md5.has_value() != (cram_md5 == CramMd5::kOn);
}

sasl::ScramKeys decoy_scram_keys(sasl::Hash hash, std::string_view secret,
                                 std::string_view address) {
  const std::string_view name = hash == sasl::Hash::kSha1 ? "SCRAM-SHA-1 " : "SCRAM-SHA-256 ";
  const auto octets = [&](std::string_view what, std::size_t count) {
    return keyed(secret, std::string(name).append(what), address).substr(0, count);
  };
  return {.salt = octets("salt", kSaltOctets),
          .iterations = crypto::kScramIterations,
          .stored_key = octets("stored key", sasl::octets_of(hash)),
          .server_key = octets("server key", sasl::octets_of(hash))};
}

sasl::CramKeys decoy_cram_keys(std::string_view secret, std::string_view address) {
  const std::string octets = keyed(secret, "CRAM-MD5", address);
  return {.inner = octets.substr(0, sasl::kMd5Octets),
          .outer = octets.substr(sasl::kMd5Octets, sasl::kMd5Octets)};
}

}  // namespace hikyaku::directory
