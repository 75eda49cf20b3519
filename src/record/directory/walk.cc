// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "record/directory/impl.h"

namespace hikyaku::directory {
namespace {

void append_account(Walk* walk, const Account& account) {
  auto& accounts = walk->targets.accounts;
  if (std::ranges::none_of(accounts, [&](const auto& one) { return one.id == account.id; }))
    accounts.push_back(account);
}

void append_remote(Walk* walk, const ParsedAddress& address) {
  if (walk->seen.insert("remote " + address.canonical()).second)
    walk->targets.remote.push_back(address.outward());
}

bool is_full(const Walk& walk) {
  return walk.targets.accounts.size() + walk.targets.remote.size() > kTargetsMax;
}

}  // namespace

Task<Result<std::optional<std::string>>> Directory::Impl::fetch(std::string key, Source source) {
  if (source == Source::kStore) co_return co_await store::get_one(&store, std::move(key));
  if (auto known = cache.find(key)) co_return *std::move(known);
  const auto epoch = cache.epoch();
  HK_CO_ASSIGN(auto value, co_await store::get_one(&store, key));
  cache.remember(std::move(key), value, epoch);
  co_return value;
}

Task<Result<std::optional<Domain>>> Directory::Impl::find_domain(std::string domain,
                                                                 Source source) {
  const auto key = format::domain_key(domain);
  HK_CO_ASSIGN(const auto value, co_await fetch(key, source));
  if (!value) co_return std::nullopt;
  HK_CO_ASSIGN(auto out, format::decode_domain(key, *value));
  co_return std::optional<Domain>(std::move(out));
}

Task<Result<std::optional<format::Entry>>> Directory::Impl::find_entry(std::string key,
                                                                       Source source) {
  HK_CO_ASSIGN(const auto value, co_await fetch(key, source));
  if (!value) co_return std::nullopt;
  HK_CO_ASSIGN(auto out, format::decode_entry(key, *value));
  co_return std::optional<format::Entry>(std::move(out));
}

Task<Result<std::optional<Account>>> Directory::Impl::find_account(std::string address,
                                                                   Source source) {
  const auto parsed = parse_address(address);
  if (!parsed) co_return std::nullopt;
  HK_CO_ASSIGN(auto entry,
               co_await find_entry(format::address_key(parsed->folded, parsed->domain), source));
  if (!entry || !std::holds_alternative<Account>(*entry)) co_return std::nullopt;
  co_return std::optional<Account>(std::get<Account>(*std::move(entry)));
}

Task<Result<std::optional<Account>>> Directory::Impl::first_account() {
  const auto prefix = format::accounts_prefix();
  HK_CO_ASSIGN(const auto page, co_await store.scan(prefix, store::prefix_end(prefix), 1));
  if (page.empty()) co_return std::nullopt;
  HK_CO_ASSIGN(auto address, format::decode_address(page.front().value));
  co_return co_await find_account(std::move(address), Source::kCache);
}

Task<Result<std::optional<Domain>>> Directory::Impl::first_domain() {
  const auto prefix = format::domains_prefix();
  HK_CO_ASSIGN(const auto page, co_await store.scan(prefix, store::prefix_end(prefix), 1));
  if (page.empty()) co_return std::nullopt;
  HK_CO_ASSIGN(auto domain, format::decode_domain(page.front().key, page.front().value));
  co_return std::optional<Domain>(std::move(domain));
}

Task<Result<Walk>> Directory::Impl::walk(Walk walk) {
  for (std::size_t i = 0; i < walk.steps.size() && !walk.too_many; ++i) {
    auto step = walk.steps[i];
    HK_CO_TRY(co_await take_step(&walk, std::move(step)));
    walk.too_many = is_full(walk) || walk.steps.size() > 2 * kTargetsMax;
  }
  co_return walk;
}

Task<Status> Directory::Impl::take_step(Walk* walk, Walk::Step step) {
  if (step.depth > kAliasDepthMax) co_return Status();
  auto address = parse_address(step.address);
  if (!address) co_return Status();
  HK_CO_ASSIGN(auto domain, co_await find_domain(address->domain, walk->source));
  if (!domain) {
    if (step.depth != 0) append_remote(walk, *address);
    co_return Status();
  }
  if (step.depth == 0) walk->domain = domain->name;
  if (!walk->seen.insert(address->canonical()).second) co_return Status();
  co_return co_await take_local_step(walk, std::move(step), *std::move(address),
                                     *std::move(domain));
}

Task<Status> Directory::Impl::take_local_step(Walk* walk, Walk::Step step, ParsedAddress address,
                                              Domain domain) {
  auto key = format::address_key(address.folded, address.domain);
  if (key == walk->watched) walk->met = true;
  HK_CO_ASSIGN(auto entry, co_await find_entry(key, walk->source));
  const auto base = without_tag(address.folded);
  if (!entry && base) {
    key = format::address_key(*base, address.domain);
    if (key == walk->watched) walk->met = true;
    HK_CO_ASSIGN(entry, co_await find_entry(key, walk->source));
    if (entry && step.depth == 0) {
      const auto plus = address.local.find('+');
      walk->targets.tag = address.local.substr(plus + 1);
    }
  }
  if (entry) {
    if (const auto* account = std::get_if<Account>(&*entry)) {
      append_account(walk, *account);
    } else {
      for (auto& target : std::get<Alias>(*entry).targets)
        walk->steps.push_back({std::move(target), step.depth + 1});
    }
    co_return Status();
  }
  if (walk->catch_all == Walk::CatchAll::kIgnore) co_return Status();
  if (!domain.catch_all.empty()) {
    walk->steps.push_back({domain.catch_all, step.depth + 1});
  } else if (address.folded == "postmaster") {
    HK_CO_ASSIGN(const auto first, co_await first_account());
    if (first) append_account(walk, *first);
  }
  co_return Status();
}

}  // namespace hikyaku::directory
