// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "protocol/sasl/crypto.h"

namespace hikyaku::directory {

enum class CramMd5 : unsigned char { kOff, kOn };

/// What is kept of one password: one value of the store, so that all of it changes at once.
struct Credentials {
  std::string hash;  ///< argon2id, PHC form
  /// Absent: kept by an older release, or of a password that SASLprep refuses.
  std::optional<sasl::ScramKeys> scram_sha256;
  std::optional<sasl::ScramKeys> scram_sha1;
  std::optional<sasl::CramKeys> cram_md5;  ///< only where the configuration wants it

  bool operator==(const Credentials&) const = default;
};

/// Of the password as SASLprep writes it; of its own octets, and the hash alone, where SASLprep
/// refuses it. Takes some tens of milliseconds: for the pool.
Result<Credentials> make_credentials(const Secret& password, CramMd5 cram_md5);

/// Whether it is the password, as SASLprep writes it or as it came: a hash of an older release is
/// of the latter. Costs one hash, or two where these differ. For the pool.
Result<bool> verify_password(const Secret& password, const std::string& hash);
/// Takes the time of one that fails, for addresses that have no account. For the pool.
void verify_nothing(const Secret& password);

/// Whether credentials are to be made anew, now that the password is known.
[[nodiscard]] bool needs_renewal(const Credentials& old, const Secret& password, CramMd5 cram_md5);

/// What an address without account, or one that keeps no keys, shows in SCRAM: the same each time,
/// and not to be told from a real one without `secret`. No password fits.
[[nodiscard]] sasl::ScramKeys decoy_scram_keys(sasl::Hash hash, std::string_view secret,
                                               std::string_view address);
[[nodiscard]] sasl::CramKeys decoy_cram_keys(std::string_view secret, std::string_view address);

}  // namespace hikyaku::directory
