// SPDX-License-Identifier: Apache-2.0
#include "record/directory/check.h"

#include <algorithm>
#include <unordered_set>

#include "record/directory/format.h"

namespace hikyaku::directory {
namespace {

constexpr std::size_t kPageKeys = 256;

struct Checker {
  store::Store* store;
  std::vector<store::Finding> findings;
  std::uint64_t highest_id = 0;
  std::unordered_set<AccountId> accounts;  ///< of all addresses

  store::Finding& found(Told what, Told repair) {
    findings.push_back({.what = std::move(what), .repair = std::move(repair)});
    return findings.back();
  }

  using Visit = Task<Status> (Checker::*)(store::KeyValue);
  Task<Status> each(std::string prefix, Visit visit);
  Task<Status> domain(store::KeyValue kv);
  Task<Status> entry(store::KeyValue kv);
  Task<Status> account(store::KeyValue kv, Account account);
  Task<Status> target(Told from, std::string target);
  Task<Status> account_id(store::KeyValue kv);
  Task<Status> password(store::KeyValue kv);
  Task<Status> next_id();
};

Task<Status> Checker::each(std::string prefix, Visit visit) {
  const auto end = store::prefix_end(prefix);
  std::string next = std::move(prefix);
  while (findings.size() < store::kFindingsMax) {
    HK_CO_ASSIGN(auto page, co_await store->scan(next, end, kPageKeys));
    const bool more = page.size() == kPageKeys;
    if (more) next = page.back().key + '\0';
    for (auto& kv : page) HK_CO_TRY(co_await (this->*visit)(std::move(kv)));
    if (!more) break;
  }
  co_return Status();
}

Task<Status> Checker::domain(store::KeyValue kv) {
  const auto read = format::decode_domain(kv.key, kv.value);
  if (!read)
    found(told({"domain {0} cannot be read: {1}", "ドメイン {0} を読めません: {1}"},
               kv.key.substr(2), read.error()),
          {});
  else if (!read->catch_all.empty())
    co_return co_await target(told({"the catch-all of {0}", "{0} のキャッチオール"}, read->name),
                              read->catch_all);
  co_return Status();
}

Task<Status> Checker::entry(store::KeyValue kv) {
  const auto read = format::decode_entry(kv.key, kv.value);
  const auto address = format::address_of(kv.key);
  if (address.empty()) {
    found(told({"an entry of the directory has a key that is no address",
                "メールアドレスではないキーの項目があります"}),
          {});
    co_return Status();
  }
  if (!read) {
    found(told({"{0} cannot be read: {1}", "{0} を読めません: {1}"}, address, read.error()), {});
    co_return Status();
  }
  const auto domain = address.substr(address.rfind('@') + 1);
  HK_CO_ASSIGN(const auto there, co_await store::get_one(store, format::domain_key(domain)));
  if (!there) {
    auto& finding = found(
        told({"{0} lies in a domain that is not there", "{0} のドメインがありません"}, address),
        told({"add the domain", "ドメインを追加します"}));
    finding.fix.check(format::domain_key(domain), std::nullopt);
    finding.fix.put(format::domain_key(domain), format::encode(Domain{domain, {}}));
  }
  if (const auto* one = std::get_if<Account>(&*read))
    co_return co_await account(std::move(kv), *one);
  for (const auto& to : std::get<Alias>(*read).targets)
    HK_CO_TRY(co_await target(told({"the alias {0}", "別名 {0}"}, address), to));
  co_return Status();
}

Task<Status> Checker::account(store::KeyValue kv, Account account) {
  highest_id = std::max(highest_id, account.id.value);
  accounts.insert(account.id);
  const auto id_key = format::account_key(account.id);
  HK_CO_ASSIGN(const auto values, co_await store->get({id_key, format::password_key(account.id)}));
  if (values[0] != format::encode_address(account.address)) {
    auto& finding = found(told({"account {0} is not found by its number",
                                "アカウント {0} を番号から見つけられません"},
                               account.address),
                          told({"write the number's entry anew", "番号の記録を書き直します"}));
    finding.fix.check(kv.key, kv.value).check(id_key, values[0]);
    finding.fix.put(id_key, format::encode_address(account.address));
  }
  if (!values[1])
    found(told({"account {0} has no password; `hikyaku account password {0}` gives it one",
                "アカウント {0} にパスワードがありません。設定: `hikyaku account password {0}`"},
               account.address),
          {});
  else if (!format::decode_credentials(*values[1]))
    found(told({"the password of {0} cannot be read; mend it: `hikyaku account password {0}`",
                "{0} のパスワードを読めません。再設定: `hikyaku account password {0}`"},
               account.address),
          {});
  co_return Status();
}

Task<Status> Checker::target(Told from, std::string target) {
  const auto parsed = parse_address(target);
  if (!parsed) {
    found(told({"{0} names {1}, which is no address",
                "{0} の宛先 {1} はメールアドレスではありません"},
               from, target),
          {});
    co_return Status();
  }
  std::vector<std::string> keys{format::domain_key(parsed->domain),
                                format::address_key(parsed->folded, parsed->domain)};
  if (const auto base = without_tag(parsed->folded))
    keys.push_back(format::address_key(*base, parsed->domain));
  HK_CO_ASSIGN(const auto values, co_await store->get(std::move(keys)));
  const bool known = std::ranges::any_of(values.begin() + 1, values.end(),
                                         [](const auto& value) { return value.has_value(); });
  if (!values[0] || known) co_return Status();
  const auto domain = format::decode_domain(format::domain_key(parsed->domain), *values[0]);
  if (domain && domain->catch_all.empty())
    found(
        told({"{0} leads to {1}, which is not there", "{0} の宛先 {1} がありません"}, from, target),
        {});
  co_return Status();
}

Task<Status> Checker::account_id(store::KeyValue kv) {
  const auto id = format::parse_account_key(kv.key).value_or(AccountId());
  highest_id = std::max(highest_id, id.value);
  const auto address = format::decode_address(kv.value);
  const auto parsed = address ? parse_address(*address) : std::nullopt;
  auto key = parsed ? format::address_key(parsed->folded, parsed->domain) : std::string();
  std::optional<std::string> value;
  if (parsed) {
    HK_CO_ASSIGN(value, co_await store::get_one(store, key));
    if (value) {
      const auto entry = format::decode_entry(key, *value);
      const auto* account = entry ? std::get_if<Account>(&*entry) : nullptr;
      if (!entry || (account != nullptr && account->id == id)) co_return Status();
    }
  }
  auto& finding = found(told({"account number {0} has no account",
                              "アカウント番号 {0} に当たるアカウントがありません"},
                             id.value),
                        told({"erase the number's entry", "番号の記録を消します"}));
  finding.fix.check(kv.key, kv.value);
  if (parsed) finding.fix.check(std::move(key), std::move(value));
  finding.fix.erase(kv.key);
  co_return Status();
}

Task<Status> Checker::password(store::KeyValue kv) {
  const auto id = format::parse_password_key(kv.key);
  if (!id) co_return Status();
  highest_id = std::max(highest_id, id->value);
  if (accounts.contains(*id)) co_return Status();
  HK_CO_ASSIGN(const auto there, co_await store::get_one(store, format::account_key(*id)));
  if (there) co_return Status();
  auto& finding = found(told({"a password belongs to account number {0}, which is not there",
                              "存在しないアカウント番号 {0} のパスワードがあります"},
                             id->value),
                        told({"erase the password", "パスワードを消します"}));
  finding.fix.check(kv.key, kv.value).check(format::account_key(*id), std::nullopt);
  finding.fix.erase(kv.key);
  co_return Status();
}

Task<Status> Checker::next_id() {
  const auto key = format::next_account_key();
  HK_CO_ASSIGN(const auto value, co_await store::get_one(store, key));
  const auto number = format::decode_number(value);
  if (number && *number >= highest_id) co_return Status();
  auto& finding = found(
      told({"an account's number would be given twice", "同じアカウント番号が二度使われます"}),
      told({"go on above the highest", "最大の番号の次から続けます"}));
  finding.fix.check(key, value).put(key, format::encode_number(highest_id));
  co_return Status();
}

}  // namespace

Task<Result<std::vector<store::Finding>>> check(store::Store* store) {
  Checker checker{.store = store, .findings = {}};
  HK_CO_TRY(co_await checker.each(format::domains_prefix(), &Checker::domain));
  HK_CO_TRY(co_await checker.each(format::addresses_prefix(""), &Checker::entry));
  HK_CO_TRY(co_await checker.each(format::accounts_prefix(), &Checker::account_id));
  HK_CO_TRY(co_await checker.each(format::passwords_prefix(), &Checker::password));
  HK_CO_TRY(co_await checker.next_id());
  co_return std::move(checker.findings);
}

}  // namespace hikyaku::directory
