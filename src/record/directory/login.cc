// SPDX-License-Identifier: Apache-2.0
// Who may log in: passwords, and the keys of SCRAM and CRAM-MD5.
#include "base/task_scope.h"
#include "port/crypto/password.h"
#include "port/crypto/random.h"
#include "record/directory/impl.h"

namespace hikyaku::directory {
namespace {

constexpr std::size_t kDecoySecretOctets = 32;

/// What stands for an address in the keys of one that has none: the same for all its spellings.
std::string canonical_of(const std::string& address) {
  const auto parsed = parse_address(address);
  return parsed ? parsed->canonical() : address;
}

}  // namespace

// The pool of hashing is left again before anything else is done.
Task<Result<std::optional<Account>>> Directory::verify_password(std::string address,
                                                                Secret password) {
  HK_CO_ASSIGN(auto account, co_await impl_->find_account(std::move(address), Source::kCache));
  std::optional<std::string> stored;
  Credentials known;
  if (account) {
    HK_CO_ASSIGN(stored, co_await store::get_one(&impl_->store, format::password_key(account->id)));
    if (stored) {
      HK_CO_ASSIGN(known, format::decode_credentials(*stored));
      if (impl_->verified.knows(known.hash, password.reveal())) co_return account;
    }
  }
  auto* home = Executor::current();
  HK_ASSERT(home != nullptr);
  Result<bool> right = false;
  co_await ResumeOn(impl_->pool);
  // Another connection of the same client may have been right while this one waited for its turn.
  if (!known.hash.empty() && impl_->verified.knows(known.hash, password.reveal()))
    right = true;
  else if (known.hash.empty() || password.size() > crypto::kPasswordOctetsMax)
    directory::verify_nothing(password);
  else
    right = directory::verify_password(password, known.hash);
  co_await ResumeOn(*home);
  // A hash that we can't read is a fault of ours, not a wrong password.
  if (!right) co_return retry_later("verifying a password: " + right.error().text);
  if (!*right) co_return std::nullopt;
  impl_->verified.remember(known.hash, password.reveal());
  if (needs_renewal(known, password, impl_->options.cram_md5))
    co_await impl_->renew(account->id, *std::move(stored), std::move(password));
  co_return account;
}

Task<Result<Credentials>> Directory::Impl::make(Secret password) {
  auto* home = Executor::current();
  HK_ASSERT(home != nullptr);
  co_await ResumeOn(pool);
  auto out = make_credentials(password, options.cram_md5);
  co_await ResumeOn(*home);
  co_return out;
}

Task<void> Directory::Impl::renew(AccountId id, std::string old_value, Secret password) {
  const auto fresh = co_await make(std::move(password));
  if (!fresh) co_return;
  store::Txn txn;
  txn.check(format::password_key(id), std::move(old_value));
  txn.put(format::password_key(id), format::encode(*fresh));
  // Whatever became of it: the old ones are good, or the password was changed meanwhile.
  co_await store.submit(std::move(txn));
}

Task<Result<std::string>> Directory::Impl::decoy_secret() {
  {
    const std::lock_guard lock(decoy_mutex);
    if (!decoy.empty()) co_return decoy;
  }
  const auto key = format::decoy_key();
  HK_CO_ASSIGN(auto stored, co_await store::get_one(&store, key));
  if (!stored) {
    store::Txn txn;
    txn.check(key, std::nullopt);
    txn.put(key, format::encode_address(crypto::random_octets(kDecoySecretOctets)));
    // Another one may have been faster.
    co_await store.submit(std::move(txn));
    HK_CO_ASSIGN(stored, co_await store::get_one(&store, key));
  }
  // Where nothing can be written now (a full disk), one that lasts as long as this process.
  auto secret = crypto::random_octets(kDecoySecretOctets);
  if (stored) {
    HK_CO_ASSIGN(secret, format::decode_address(*stored));
  }
  const std::lock_guard lock(decoy_mutex);
  if (decoy.empty()) decoy = std::move(secret);
  co_return decoy;
}

/// Reads as much for an address that has no account as for another.
Task<Result<Directory::Impl::Known>> Directory::Impl::know(std::string address) {
  Known out;
  HK_CO_ASSIGN(out.secret, co_await decoy_secret());
  HK_CO_ASSIGN(out.account, co_await find_account(address, Source::kCache));
  out.name = canonical_of(address);
  const auto id = out.account ? out.account->id : AccountId();
  HK_CO_ASSIGN(const auto stored, co_await store::get_one(&store, format::password_key(id)));
  if (out.account && stored) {
    HK_CO_ASSIGN(out.credentials, format::decode_credentials(*stored));
  }
  co_return out;
}

Task<Result<KnownKeys<sasl::ScramKeys>>> Directory::scram_keys(std::string address,
                                                               sasl::Hash hash) {
  HK_CO_ASSIGN(auto known, co_await impl_->know(std::move(address)));
  auto& keys =
      hash == sasl::Hash::kSha1 ? known.credentials.scram_sha1 : known.credentials.scram_sha256;
  KnownKeys<sasl::ScramKeys> out{.keys = decoy_scram_keys(hash, known.secret, known.name)};
  out.keyless = known.account && !keys;
  if (keys) {
    out.keys = *std::move(keys);
    out.account = std::move(known.account);
  }
  co_return out;
}

Task<Result<KnownKeys<sasl::CramKeys>>> Directory::cram_md5_keys(std::string address) {
  HK_CO_ASSIGN(auto known, co_await impl_->know(std::move(address)));
  KnownKeys<sasl::CramKeys> out{.keys = decoy_cram_keys(known.secret, known.name)};
  auto& keys = known.credentials.cram_md5;
  const bool usable = keys && impl_->options.cram_md5 == CramMd5::kOn;
  out.keyless = known.account && !usable;
  if (usable) {
    out.keys = *std::move(keys);
    out.account = std::move(known.account);
  }
  co_return out;
}

}  // namespace hikyaku::directory
