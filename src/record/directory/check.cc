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

  store::Finding& found(std::string what, std::string repair) {
    findings.push_back({.what = std::move(what), .repair = std::move(repair)});
    return findings.back();
  }

  using Visit = Task<Status> (Checker::*)(store::KeyValue);
  Task<Status> each(std::string prefix, Visit visit);
  Task<Status> domain(store::KeyValue kv);
  Task<Status> entry(store::KeyValue kv);
  Task<Status> account(store::KeyValue kv, Account account);
  Task<Status> target(std::string from, std::string target);
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
    found("domain " + kv.key.substr(2) + " cannot be read: " + read.error().text, "");
  else if (!read->catch_all.empty())
    co_return co_await target("the catch-all of " + read->name, read->catch_all);
  co_return Status();
}

Task<Status> Checker::entry(store::KeyValue kv) {
  const auto read = format::decode_entry(kv.key, kv.value);
  const auto address = format::address_of(kv.key);
  if (address.empty()) {
    found("an entry of the directory has a key that is no address", "");
    co_return Status();
  }
  if (!read) {
    found(address + " cannot be read: " + read.error().text, "");
    co_return Status();
  }
  const auto domain = address.substr(address.rfind('@') + 1);
  HK_CO_ASSIGN(const auto there, co_await store::get_one(store, format::domain_key(domain)));
  if (!there) {
    auto& finding = found(address + " lies in a domain that is not there", "add the domain");
    finding.fix.check(format::domain_key(domain), std::nullopt);
    finding.fix.put(format::domain_key(domain), format::encode(Domain{domain, {}}));
  }
  if (const auto* one = std::get_if<Account>(&*read))
    co_return co_await account(std::move(kv), *one);
  for (const auto& to : std::get<Alias>(*read).targets)
    HK_CO_TRY(co_await target("the alias " + address, to));
  co_return Status();
}

Task<Status> Checker::account(store::KeyValue kv, Account account) {
  highest_id = std::max(highest_id, account.id.value);
  accounts.insert(account.id);
  const auto id_key = format::account_key(account.id);
  HK_CO_ASSIGN(const auto values, co_await store->get({id_key, format::password_key(account.id)}));
  if (values[0] != format::encode_address(account.address)) {
    auto& finding = found("account " + account.address + " is not found by its number",
                          "write the number's entry anew");
    finding.fix.check(kv.key, kv.value).check(id_key, values[0]);
    finding.fix.put(id_key, format::encode_address(account.address));
  }
  if (!values[1])
    found("account " + account.address + " has no password; `hikyaku account password " +
              account.address + "` gives it one",
          "");
  co_return Status();
}

Task<Status> Checker::target(std::string from, std::string target) {
  const auto parsed = parse_address(target);
  if (!parsed) {
    found(from + " names " + target + ", which is no address", "");
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
    found(from + " leads to " + target + ", which is not there", "");
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
  auto& finding = found("account number " + std::to_string(id.value) + " has no account",
                        "erase the number's entry");
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
  auto& finding = found(
      "a password belongs to account number " + std::to_string(id->value) + ", which is not there",
      "erase the password");
  finding.fix.check(kv.key, kv.value).check(format::account_key(*id), std::nullopt);
  finding.fix.erase(kv.key);
  co_return Status();
}

Task<Status> Checker::next_id() {
  const auto key = format::next_account_key();
  HK_CO_ASSIGN(const auto value, co_await store::get_one(store, key));
  const auto number = format::decode_number(value);
  if (number && *number >= highest_id) co_return Status();
  auto& finding = found("an account's number would be given twice", "go on above the highest");
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
