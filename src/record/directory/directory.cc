// SPDX-License-Identifier: Apache-2.0
#include "record/directory/directory.h"

#include "base/task_scope.h"
#include "port/crypto/random.h"
#include "record/directory/impl.h"

namespace hikyaku::directory {
namespace {

constexpr std::size_t kPageKeys = 256;

bool is_bare_postmaster(std::string_view address) {
  const std::string_view word = "postmaster";
  if (address.size() != word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i)
    if ((address[i] | 0x20) != word[i]) return false;
  return true;
}

}  // namespace

Directory::Directory(store::Store& store, Executor& pool, const Clock& clock, Options options)
    : impl_(std::make_unique<Impl>(store, pool, clock, options)) {}
Directory::~Directory() = default;

Task<Result<Lookup>> Directory::lookup(std::string address) {
  if (is_bare_postmaster(address)) {  // RFC 5321 §4.5.1
    HK_CO_ASSIGN(const auto domain, co_await impl_->first_domain());
    if (!domain) co_return UnknownLocal{};
    address = "postmaster@" + domain->name;
  }
  Walk start;
  start.steps.push_back({address, 0});
  HK_CO_ASSIGN(auto walk, co_await impl_->walk(std::move(start)));
  if (!walk.domain) co_return NotLocal{};
  if (walk.too_many)
    co_return retry_later(address + " leads to more than " + std::to_string(kTargetsMax) +
                          " addresses; split the alias");
  if (walk.targets.accounts.empty() && walk.targets.remote.empty()) co_return UnknownLocal{};
  co_return std::move(walk.targets);
}

Task<Result<bool>> Directory::is_local_domain(std::string domain) {
  auto name = normalize_domain(domain);
  if (!name) co_return false;
  HK_CO_ASSIGN(const auto found, co_await impl_->find_domain(*std::move(name), Source::kCache));
  co_return found.has_value();
}

Task<Result<bool>> Directory::owns_address(AccountId account, std::string address) {
  Walk start;
  start.steps.push_back({std::move(address), 0});
  start.catch_all = Walk::CatchAll::kIgnore;
  HK_CO_ASSIGN(const auto walk, co_await impl_->walk(std::move(start)));
  const auto& targets = walk.targets;
  co_return !walk.too_many && targets.remote.empty() && targets.accounts.size() == 1 &&
      targets.accounts.front().id == account;
}

Task<Result<std::optional<Account>>> Directory::account(std::string address) {
  return impl_->find_account(std::move(address), Source::kCache);
}

Task<Status> Directory::Impl::scan_all(std::string prefix, Take take) {
  const auto end = store::prefix_end(prefix);
  std::string next = std::move(prefix);
  for (;;) {
    HK_CO_ASSIGN(const auto page, co_await store.scan(next, end, kPageKeys));
    for (const auto& entry : page) HK_CO_TRY(take(entry));
    if (page.size() < kPageKeys) co_return Status();
    next = page.back().key + '\0';
  }
}

Task<Result<std::vector<Domain>>> Directory::domains() {
  std::vector<Domain> out;
  HK_CO_TRY(co_await impl_->scan_all(
      format::domains_prefix(), [&](const store::KeyValue& entry) -> Status {
        HK_ASSIGN(auto domain, format::decode_domain(entry.key, entry.value));
        out.push_back(std::move(domain));
        return {};
      }));
  co_return out;
}

namespace {

/// The prefix of the addresses of a domain as a person wrote it; empty = all.
Result<std::string> prefix_of(const std::string& domain) {
  if (domain.empty()) return format::addresses_prefix("");
  HK_ASSIGN(const auto name, normalize_domain(domain));
  return format::addresses_prefix(name);
}

template <class T>
std::function<Status(const store::KeyValue&)> collect(std::vector<T>* out) {
  return [out](const store::KeyValue& kv) -> Status {
    HK_ASSIGN(auto entry, format::decode_entry(kv.key, kv.value));
    if (auto* one = std::get_if<T>(&entry)) out->push_back(std::move(*one));
    return {};
  };
}

}  // namespace

Task<Result<std::vector<Account>>> Directory::accounts(std::string domain) {
  HK_CO_ASSIGN(auto prefix, prefix_of(domain));
  std::vector<Account> out;
  HK_CO_TRY(co_await impl_->scan_all(std::move(prefix), collect(&out)));
  co_return out;
}

Task<Result<std::vector<Alias>>> Directory::aliases(std::string domain) {
  HK_CO_ASSIGN(auto prefix, prefix_of(domain));
  std::vector<Alias> out;
  HK_CO_TRY(co_await impl_->scan_all(std::move(prefix), collect(&out)));
  co_return out;
}

Secret generate_password() {
  // Without 0 O o, 1 I l i L: what is read aloud or from paper.
  constexpr std::string_view kCharacters = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ";
  std::string text(20, ' ');  // 20 * log2(54) = 115 bits
  for (auto& c : text) c = kCharacters[crypto::random_below(kCharacters.size())];
  return Secret::take(text);
}

}  // namespace hikyaku::directory
