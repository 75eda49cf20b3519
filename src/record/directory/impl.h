// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "record/directory/address.h"
#include "record/directory/cache.h"
#include "record/directory/directory.h"
#include "record/directory/format.h"
#include "record/directory/verified.h"

namespace hikyaku::directory {

inline constexpr std::size_t kAliasDepthMax = 10;
inline constexpr std::size_t kTargetsMax = 1'000;

/// Where a walk reads: changes read the store itself, since another process may have changed it.
enum class Source : unsigned char { kCache, kStore };

/// The way from addresses over aliases and catch-alls to those who take the mail.
struct Walk {
  struct Step {
    std::string address;
    std::size_t depth = 0;
  };
  std::vector<Step> steps;  ///< still to go; the front is next
  Source source = Source::kCache;
  enum class CatchAll : unsigned char { kUse, kIgnore } catch_all = CatchAll::kUse;
  std::string watched;  ///< an address key: `met` tells whether the way leads over it

  Targets targets;
  std::optional<std::string> domain;  ///< of the first step, when it is ours
  bool met = false;
  bool too_many = false;  ///< over kTargetsMax
  std::set<std::string> seen;
};

struct Directory::Impl {
  Impl(store::Store& s, Executor& p, const Clock& c, Options o)
      : store(s), pool(p), clock(c), options(o), verified(c) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { wipe(decoy); }

  store::Store& store;
  Executor& pool;
  const Clock& clock;
  const Options options;
  Cache cache;
  Verified verified;
  std::mutex decoy_mutex;
  std::string decoy;  ///< what made-up keys are made from; empty until it was needed

  Task<Result<std::optional<std::string>>> fetch(std::string key, Source source);
  Task<Result<std::optional<Domain>>> find_domain(std::string domain, Source source);
  Task<Result<std::optional<format::Entry>>> find_entry(std::string key, Source source);
  /// The account of an address itself: no alias, no tag.
  Task<Result<std::optional<Account>>> find_account(std::string address, Source source);
  Task<Result<std::optional<Account>>> first_account();
  Task<Result<std::optional<Domain>>> first_domain();

  Task<Result<Walk>> walk(Walk walk);
  Task<Status> take_step(Walk* walk, Walk::Step step);
  Task<Status> take_local_step(Walk* walk, Walk::Step step, ParsedAddress address, Domain domain);

  /// Makes a change: `plan` reads the store and says what to write; it runs again when somebody
  /// else made a change meanwhile.
  using Plan = std::function<Task<Result<store::Txn>>()>;
  Task<Status> change(Plan plan);
  Task<Result<bool>> submit(store::Txn txn);

  Task<Result<store::Txn>> plan_add_domain(Domain domain);
  Task<Result<store::Txn>> plan_remove_domain(std::string name);
  Task<Result<store::Txn>> plan_catch_all(Domain domain);
  Task<Result<store::Txn>> plan_add_account(ParsedAddress address, Account* account,
                                            std::string credentials);
  Task<Result<store::Txn>> plan_password(std::string address, std::string credentials);
  Task<Result<store::Txn>> plan_remove_account(std::string address);
  Task<Result<store::Txn>> plan_add_alias(ParsedAddress address, Alias alias);
  Task<Result<store::Txn>> plan_remove_alias(std::string address);
  Task<Status> check_address_free(ParsedAddress address);

  // login.cc
  /// Hashes in the pool, and comes back.
  Task<Result<Credentials>> make(Secret password);
  /// Renews what is kept of a password, now that it is known. Best effort.
  Task<void> renew(AccountId id, std::string old_value, Secret password);
  Task<Result<std::string>> decoy_secret();
  /// What is known of an address that wants to log in.
  struct Known {
    std::optional<Account> account;
    Credentials credentials;
    std::string name;    ///< the address, canonical
    std::string secret;  ///< for made-up keys
  };
  Task<Result<Known>> know(std::string address);

  /// Calls `take` for every key and value under a prefix.
  using Take = std::function<Status(const store::KeyValue&)>;
  Task<Status> scan_all(std::string prefix, Take take);
};

}  // namespace hikyaku::directory
