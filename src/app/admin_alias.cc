// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/admin_commands.h"
#include "base/words.h"
#include "record/directory/address.h"

namespace hikyaku::app {
namespace {

Json to_json(const directory::Alias& alias) {
  return Json{{"address", alias.address}, {"targets", alias.targets}};
}

}  // namespace

Task<Result<Json>> still_named_by(AdminPorts* ports, std::string address) {
  const auto gone = directory::parse_address(address);
  const auto leads_there = [&gone](const std::string& target) {
    const auto parsed = directory::parse_address(target);
    return parsed && gone && parsed->canonical() == gone->canonical();
  };
  Json out = Json::array();
  HK_CO_ASSIGN(const auto aliases, co_await ports->directory.aliases(""));
  for (const auto& alias : aliases)
    if (std::ranges::any_of(alias.targets, leads_there)) out.push_back(alias.address);
  HK_CO_ASSIGN(const auto domains, co_await ports->directory.domains());
  for (const auto& domain : domains)
    if (leads_there(domain.catch_all)) out.push_back("@" + domain.name);
  co_return out;
}

// address, targets (array of addresses) -> the alias
Task<Result<Json>> alias_add(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto address, text_argument(arguments, "address"));
  const auto targets = arguments.find("targets");
  if (targets == arguments.end() || !targets->is_array() || targets->empty())
    co_return permanent(Words{"an alias needs at least one target address",
                              "別名には宛先アドレスが少なくとも一つ必要です"});
  directory::Alias alias{address, {}};
  for (const auto& target : *targets) {
    if (!target.is_string())
      co_return permanent(
          Words{"a target must be an address", "宛先はアドレスでなければなりません"});
    alias.targets.push_back(target.get<std::string>());
  }
  auto out = to_json(alias);
  HK_CO_TRY(co_await ports->directory.add_alias(std::move(alias)));
  co_return out;
}

// [domain] -> aliases
Task<Result<Json>> alias_list(AdminPorts* ports, Json arguments) {
  const auto domain = text_argument_or(arguments, "domain", "");
  HK_CO_TRY(co_await check_domain(ports, domain));
  HK_CO_ASSIGN(const auto all, co_await ports->directory.aliases(domain));
  Json aliases = Json::array();
  for (const auto& alias : all) aliases.push_back(to_json(alias));
  co_return Json{{"aliases", std::move(aliases)}};
}

// address -> the alias
Task<Result<Json>> alias_show(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto address, text_argument(arguments, "address"));
  const auto wanted = directory::parse_address(address);
  HK_CO_ASSIGN(const auto all, co_await ports->directory.aliases(""));
  for (const auto& alias : all)
    if (wanted && alias.address == wanted->canonical()) co_return to_json(alias);
  co_return permanent(Words{"no such alias: {0}; `hikyaku alias list` shows what there is",
                            "別名 {0} はありません。`hikyaku alias list` で一覧を表示します"},
                      address);
}

// address -> what was removed, and what still leads to it
Task<Result<Json>> alias_remove(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto address, text_argument(arguments, "address"));
  HK_CO_TRY(co_await ports->directory.remove_alias(address));
  HK_CO_ASSIGN(auto left, co_await still_named_by(ports, address));
  Json out{{"removed", address}};
  if (!left.empty()) out["still_named_by"] = std::move(left);
  co_return out;
}

}  // namespace hikyaku::app
