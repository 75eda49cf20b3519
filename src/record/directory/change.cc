// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/words.h"
#include "port/crypto/password.h"
#include "port/crypto/random.h"
#include "protocol/sasl/saslprep.h"
#include "record/directory/impl.h"

namespace hikyaku::directory {
namespace {

constexpr int kAttemptsMax = 50;
constexpr std::size_t kTokenOctets = 16;
constexpr std::size_t kNameOctetsMax = 256;

std::unexpected<Error> no_such_domain(const std::string& domain) {
  return permanent(
      Words{"the domain {0} is not ours; `hikyaku domain add {0}` adds it",
            "ドメイン {0} は登録されていません。`hikyaku domain add {0}` で追加できます"},
      domain);
}

std::unexpected<Error> no_address(const std::string& text) {
  return permanent(Words{"\"{0}\" is not an address; one looks like name@example.org",
                         "\"{0}\" はアドレスではありません。例: name@example.org"},
                   text);
}

std::unexpected<Error> no_such_account(const std::string& address) {
  return permanent(Words{"no such account: {0}; `hikyaku account list` shows what there is",
                         "アカウント {0} はありません。`hikyaku account list` で一覧を表示します"},
                   address);
}

Status check_password(const Secret& password) {
  if (password.empty())
    return permanent(Words{"a password must not be empty", "パスワードは空にできません"});
  if (password.size() > crypto::kPasswordOctetsMax)
    return permanent(
        Words{"a password has at most {0} octets", "パスワードは最大 {0} オクテットです"},
        crypto::kPasswordOctetsMax);
  // RFC 4013, RFC 5802 §2.2: SCRAM has no keys for others.
  HK_TRY(sasl::saslprep(password));
  return {};
}

}  // namespace

Task<Result<bool>> Directory::Impl::submit(store::Txn txn) {
  std::vector<std::string> keys;
  for (const auto& write : txn.writes) keys.push_back(write.key);
  const auto token = txn.token;
  const auto result = co_await store.submit(std::move(txn));
  cache.forget(keys);
  switch (result.outcome) {
    case store::Outcome::kCommitted: co_return true;
    case store::Outcome::kConflict: co_return false;
    case store::Outcome::kFailed:
      co_return std::unexpected(result.failure("changing the directory"));
    case store::Outcome::kUnknown: break;
  }
  auto happened = co_await store.resolve(token);
  cache.forget(keys);
  co_return happened;
}

Task<Status> Directory::Impl::change(Plan plan) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    HK_CO_ASSIGN(const auto before, co_await store::get_one(&store, format::generation_key()));
    HK_CO_ASSIGN(const auto generation, format::decode_number(before));
    HK_CO_ASSIGN(auto txn, co_await plan());
    txn.check(format::generation_key(), before);
    txn.put(format::generation_key(), format::encode_number(generation + 1));
    txn.token = crypto::random_octets(kTokenOctets);
    HK_CO_ASSIGN(const bool done, co_await submit(std::move(txn)));
    if (done) co_return Status();
  }
  co_return retry_later(Words{"the directory is being changed by others all the time; try again",
                              "他の変更が続いています。もう一度実行してください"});
}

Task<Status> Directory::Impl::check_address_free(ParsedAddress address) {
  HK_CO_ASSIGN(const auto domain, co_await find_domain(address.domain, Source::kStore));
  if (!domain) co_return no_such_domain(address.domain);
  HK_CO_ASSIGN(
      const auto entry,
      co_await find_entry(format::address_key(address.folded, address.domain), Source::kStore));
  if (!entry) co_return Status();
  const bool is_account = std::holds_alternative<Account>(*entry);
  const auto taken = address.canonical();
  if (is_account)
    co_return permanent(
        Words{"{0} is an account already; see it with `hikyaku account show {0}`, give it another "
              "password with `hikyaku account password {0}`",
              "{0} はすでにアカウントです。`hikyaku account show {0}` で表示、"
              "`hikyaku account password {0}` でパスワードを変更できます"},
        taken);
  co_return permanent(Words{"{0} is an alias already; `hikyaku alias remove {0}` would remove it",
                            "{0} はすでに別名です。`hikyaku alias remove {0}` で削除できます"},
                      taken);
}

Task<Result<store::Txn>> Directory::Impl::plan_add_domain(Domain domain) {
  HK_CO_ASSIGN(const auto found, co_await find_domain(domain.name, Source::kStore));
  if (found)
    co_return permanent(
        Words{"the domain {0} is there already", "ドメイン {0} はすでに登録されています"},
        domain.name);
  store::Txn txn;
  txn.put(format::domain_key(domain.name), format::encode(domain));
  co_return txn;
}

Task<Status> Directory::add_domain(std::string name) {
  HK_CO_ASSIGN(auto normal, normalize_domain(name));
  const Domain domain{std::move(normal), {}};
  co_return co_await impl_->change([&] { return impl_->plan_add_domain(domain); });
}

Task<Result<store::Txn>> Directory::Impl::plan_remove_domain(std::string name) {
  HK_CO_ASSIGN(const auto found, co_await find_domain(name, Source::kStore));
  if (!found)
    co_return permanent(
        Words{"no such domain: {0}; `hikyaku domain list` shows what there is",
              "ドメイン {0} はありません。`hikyaku domain list` で一覧を表示します"},
        name);
  const auto prefix = format::addresses_prefix(name);
  HK_CO_ASSIGN(const auto used, co_await store.scan(prefix, store::prefix_end(prefix), 1));
  if (!used.empty())
    co_return permanent(
        Words{"the domain {0} still has addresses, {1} among them; remove its accounts and aliases "
              "first: `hikyaku account list {0}` and `hikyaku alias list {0}` show them",
              "ドメイン {0} には {1} などのアドレスが残っています。先にアカウントと別名を削除して"
              "ください。`hikyaku account list {0}` と `hikyaku alias list {0}` で表示できます"},
        name, format::address_of(used.front().key));
  store::Txn txn;
  txn.erase(format::domain_key(name));
  co_return txn;
}

Task<Status> Directory::remove_domain(std::string name) {
  HK_CO_ASSIGN(const auto normal, normalize_domain(name));
  co_return co_await impl_->change([&] { return impl_->plan_remove_domain(normal); });
}

Task<Result<store::Txn>> Directory::Impl::plan_catch_all(Domain domain) {
  HK_CO_ASSIGN(const auto found, co_await find_domain(domain.name, Source::kStore));
  if (!found) co_return no_such_domain(domain.name);
  if (!domain.catch_all.empty()) {
    Walk start;
    start.steps.push_back({domain.catch_all, 0});
    start.source = Source::kStore;
    start.catch_all = Walk::CatchAll::kIgnore;
    HK_CO_ASSIGN(const auto end, co_await walk(std::move(start)));
    if (end.domain && end.targets.accounts.empty() && end.targets.remote.empty())
      co_return permanent(
          Words{"{0} is not there; a catch-all needs an account or an alias that exists",
                "{0} はありません。キャッチオールには既存のアカウントか別名が必要です"},
          domain.catch_all);
  }
  store::Txn txn;
  txn.put(format::domain_key(domain.name), format::encode(domain));
  co_return txn;
}

Task<Status> Directory::set_catch_all(std::string domain, std::string address) {
  HK_CO_ASSIGN(auto name, normalize_domain(domain));
  if (!address.empty()) {
    HK_CO_TRY(normalize_domain(address.substr(address.rfind('@') + 1)));
    const auto parsed = parse_address(address);
    if (!parsed) co_return no_address(address);
    address = parsed->outward();
  }
  const Domain wanted{std::move(name), std::move(address)};
  co_return co_await impl_->change([&] { return impl_->plan_catch_all(wanted); });
}

Task<Result<store::Txn>> Directory::Impl::plan_add_account(ParsedAddress address, Account* account,
                                                           std::string credentials) {
  HK_CO_TRY(co_await check_address_free(address));
  HK_CO_ASSIGN(const auto next, co_await store::get_one(&store, format::next_account_key()));
  HK_CO_ASSIGN(const auto number, format::decode_number(next));
  account->id = AccountId(number + 1);
  store::Txn txn;
  txn.put(format::next_account_key(), format::encode_number(number + 1));
  txn.put(format::address_key(address.folded, address.domain), format::encode(*account));
  txn.put(format::account_key(account->id), format::encode_address(account->address));
  txn.put(format::password_key(account->id), std::move(credentials));
  co_return txn;
}

Task<Result<Account>> Directory::add_account(std::string address, Secret password,
                                             std::string name) {
  HK_CO_ASSIGN(const auto parsed, parse_new_address(address));
  HK_CO_TRY(check_password(password));
  if (name.size() > kNameOctetsMax)
    co_return permanent(Words{"the name has over {0} octets; take a shorter one",
                              "名前が {0} オクテットを超えています。短くしてください"},
                        kNameOctetsMax);
  HK_CO_TRY(co_await impl_->check_address_free(parsed));  // before the work of hashing
  HK_CO_ASSIGN(const auto credentials, co_await impl_->make(std::move(password)));
  Account account;
  account.address = parsed.canonical();
  account.name = std::move(name);
  const auto value = format::encode(credentials);
  HK_CO_TRY(
      co_await impl_->change([&] { return impl_->plan_add_account(parsed, &account, value); }));
  co_return account;
}

Task<Result<store::Txn>> Directory::Impl::plan_password(std::string address,
                                                        std::string credentials) {
  HK_CO_ASSIGN(const auto account, co_await find_account(address, Source::kStore));
  if (!account) co_return no_such_account(address);
  store::Txn txn;
  txn.put(format::password_key(account->id), std::move(credentials));
  co_return txn;
}

Task<Status> Directory::set_password(std::string address, Secret password) {
  HK_CO_TRY(check_password(password));
  HK_CO_ASSIGN(const auto credentials, co_await impl_->make(std::move(password)));
  const auto value = format::encode(credentials);
  co_return co_await impl_->change([&] { return impl_->plan_password(address, value); });
}

Task<Result<store::Txn>> Directory::Impl::plan_remove_account(std::string address) {
  HK_CO_ASSIGN(const auto account, co_await find_account(address, Source::kStore));
  if (!account) co_return no_such_account(address);
  const auto parsed = parse_address(account->address);
  HK_ASSERT(parsed.has_value());
  store::Txn txn;
  txn.erase(format::address_key(parsed->folded, parsed->domain));
  txn.erase(format::account_key(account->id));
  txn.erase(format::password_key(account->id));
  co_return txn;
}

Task<Status> Directory::remove_account(std::string address) {
  co_return co_await impl_->change([&] { return impl_->plan_remove_account(address); });
}

Task<Result<store::Txn>> Directory::Impl::plan_add_alias(ParsedAddress address, Alias alias) {
  HK_CO_TRY(co_await check_address_free(address));
  Walk start;
  start.source = Source::kStore;
  start.watched = format::address_key(address.folded, address.domain);
  // From depth 1: the alias itself is the first step.
  for (const auto& target : alias.targets) start.steps.push_back({target, 1});
  HK_CO_ASSIGN(const auto end, co_await walk(std::move(start)));
  if (end.met)
    co_return permanent(Words{"the alias {0} would lead back to itself; take another target",
                              "別名 {0} は自分自身に戻ってしまいます。別の宛先を指定してください"},
                        alias.address);
  if (end.too_many)
    co_return permanent(Words{"the alias {0} would lead to more than {1} addresses; split it",
                              "別名 {0} の宛先が {1} 件を超えます。分割してください"},
                        alias.address, kTargetsMax);
  if (end.targets.accounts.empty() && end.targets.remote.empty())
    co_return permanent(Words{"none of the alias's targets is there; add the accounts first",
                              "別名の宛先がどれもありません。先にアカウントを追加してください"});
  const auto key = format::address_key(address.folded, address.domain);
  store::Txn txn;
  txn.put(key, format::encode(alias));
  if (txn.writes.back().value.size() > store::kValueBytesMax)
    co_return permanent(Words{"the alias's targets are over 90,000 octets; split it",
                              "別名の宛先が 90,000 オクテットを超えています。分割してください"});
  co_return txn;
}

Task<Status> Directory::add_alias(Alias alias) {
  HK_CO_ASSIGN(const auto parsed, parse_new_address(alias.address));
  alias.address = parsed.canonical();
  if (alias.targets.empty())
    co_return permanent(Words{"an alias needs at least one target address",
                              "別名には宛先アドレスが少なくとも一つ必要です"});
  for (auto& target : alias.targets) {
    const auto one = parse_address(target);
    if (!one) co_return no_address(target);
    target = one->outward();
  }
  co_return co_await impl_->change([&] { return impl_->plan_add_alias(parsed, alias); });
}

Task<Result<store::Txn>> Directory::Impl::plan_remove_alias(std::string address) {
  const auto parsed = parse_address(address);
  if (!parsed) co_return no_address(address);
  const auto key = format::address_key(parsed->folded, parsed->domain);
  HK_CO_ASSIGN(const auto entry, co_await find_entry(key, Source::kStore));
  if (!entry || !std::holds_alternative<Alias>(*entry))
    co_return permanent(Words{"no such alias: {0}; `hikyaku alias list` shows what there is",
                              "別名 {0} はありません。`hikyaku alias list` で一覧を表示します"},
                        parsed->canonical());
  store::Txn txn;
  txn.erase(key);
  co_return txn;
}

Task<Status> Directory::remove_alias(std::string address) {
  co_return co_await impl_->change([&] { return impl_->plan_remove_alias(address); });
}

}  // namespace hikyaku::directory
