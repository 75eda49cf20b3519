// SPDX-License-Identifier: Apache-2.0
#include "app/admin_commands.h"
#include "record/directory/address.h"

namespace hikyaku::app {
namespace {

Json to_json(const directory::Alias& alias) {
  return Json{{"address", alias.address}, {"targets", alias.targets}};
}

}  // namespace

// address, targets (array of addresses) -> the alias
Task<Result<Json>> alias_add(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto address, text_argument(arguments, "address"));
  const auto targets = arguments.find("targets");
  if (targets == arguments.end() || !targets->is_array() || targets->empty())
    co_return permanent("an alias needs at least one target address");
  directory::Alias alias{address, {}};
  for (const auto& target : *targets) {
    if (!target.is_string()) co_return permanent("a target must be an address");
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
  co_return permanent("no such alias: " + address + "; `hikyaku alias list` shows what there is");
}

// address
Task<Result<Json>> alias_remove(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto address, text_argument(arguments, "address"));
  HK_CO_TRY(co_await ports->directory.remove_alias(address));
  co_return Json{{"removed", address}};
}

}  // namespace hikyaku::app
