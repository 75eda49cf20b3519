// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/executor.h"
#include "base/ids.h"
#include "base/secret.h"
#include "base/task.h"
#include "port/store/store.h"
#include "record/directory/credentials.h"

namespace hikyaku::directory {

struct Account {
  AccountId id;
  std::string address;  ///< its main address, canonical: local part and domain in small letters
  std::string name;     ///< of the person, for people
  std::uint64_t quota_octets = 0;  ///< 0 = none
};

struct Domain {
  std::string name;       ///< A-label form (IDNA 2008), small letters
  std::string catch_all;  ///< an address that takes what nobody else has; empty = none
};

struct Alias {
  std::string address;
  std::vector<std::string> targets;  ///< addresses, local or elsewhere
};

/// Who takes mail for an address.
struct NotLocal {};      ///< the domain is not ours
struct UnknownLocal {};  ///< the domain is ours, the mailbox is not there
struct Targets {         ///< after aliases, subaddresses and catch-all: distinct, in order
  std::vector<Account> accounts;
  std::vector<std::string> remote;  ///< addresses elsewhere (alias targets)
  std::string tag;                  ///< of user+tag, empty without
};
using Lookup = std::variant<NotLocal, UnknownLocal, Targets>;

/// What a mechanism is to be answered with that sees no password.
template <class Keys>
struct KnownKeys {
  std::optional<Account> account;  ///< nullopt: the keys are made up, and no password fits
  Keys keys;
  bool keyless = false;  ///< there is an account, but without keys of this kind; for the log
};

/// What the configuration says.
struct Options {
  CramMd5 cram_md5 = CramMd5::kOff;  ///< whether its keys are kept, and used
};

/// Domains, accounts and aliases, and who may log in. Changes need no restart.
///
/// Addresses are compared without regard to case (local parts too, as every large provider does);
/// domains may be given in any script and are kept as A-labels.
/// Look-ups are cached and exact: a change through this object is seen by the next look-up.
/// Threads: any.
/// Errors: kPermanent with a remedy for what the administrator mistyped (domain unknown, address
/// taken,
///         alias loop), kRetryLater from the store.
class Directory {
 public:
  Directory(store::Store& store, Executor& pool, const Clock& clock, Options options = {});
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory();

  /// Exact address first, then user+tag -> user, then the domain's catch-all; aliases are followed
  /// up to a depth of 10 and 1,000 targets. "postmaster", at a domain of ours or alone, always has
  /// a taker (RFC 5321 §4.5.1): the first account, when nobody was named.
  Task<Result<Lookup>> lookup(std::string address);
  Task<Result<bool>> is_local_domain(std::string domain);

  /// The account, if the password is its own; nullopt if not. An unknown address costs the same
  /// time as a wrong password. The hashing runs in the pool; a password seen right lately is
  /// remembered for some minutes as a keyed digest, so that a client's many connections cost
  /// nothing.
  Task<Result<std::optional<Account>>> verify_password(std::string address, Secret password);

  /// The keys of an address for SCRAM and CRAM-MD5. Unknown addresses, and accounts that have none
  /// yet (of an older release, until their next login with the password), get keys that look like
  /// others, are the same each time, and fit no password.
  Task<Result<KnownKeys<sasl::ScramKeys>>> scram_keys(std::string address, sasl::Hash hash);
  Task<Result<KnownKeys<sasl::CramKeys>>> cram_md5_keys(std::string address);

  /// May this account use that address as From and reverse-path? Its own, with any +tag, and
  /// aliases that lead to it alone. Not what only a catch-all would bring.
  Task<Result<bool>> owns_address(AccountId account, std::string address);

  Task<Status> add_domain(std::string name);
  Task<Status> remove_domain(std::string name);  ///< only when it has no accounts and aliases
  Task<Status> set_catch_all(std::string domain, std::string address);
  Task<Result<std::vector<Domain>>> domains();

  Task<Result<Account>> add_account(std::string address, Secret password, std::string name);
  Task<Status> set_password(std::string address, Secret password);
  Task<Status> remove_account(
      std::string address);  ///< the directory's part; mail is the mailbox's
  Task<Result<std::optional<Account>>> account(std::string address);
  Task<Result<std::vector<Account>>> accounts(std::string domain);  ///< all domains when empty

  Task<Status> add_alias(Alias alias);
  Task<Status> remove_alias(std::string address);
  Task<Result<std::vector<Alias>>> aliases(std::string domain);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// 20 characters without look-alikes, from the system's random source: over 110 bits.
[[nodiscard]] Secret generate_password();

}  // namespace hikyaku::directory
