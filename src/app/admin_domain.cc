// SPDX-License-Identifier: Apache-2.0
#include "app/admin_commands.h"
#include "base/words.h"
#include "record/directory/address.h"

namespace hikyaku::app {
namespace {

Json to_json(const directory::Domain& domain) {
  Json out{{"domain", domain.name}};
  if (!domain.catch_all.empty()) out["catch_all"] = domain.catch_all;
  return out;
}

}  // namespace

Task<Result<directory::Domain>> find_domain(AdminPorts* ports, std::string name) {
  HK_CO_ASSIGN(const auto normal, directory::normalize_domain(name));
  HK_CO_ASSIGN(const auto all, co_await ports->directory.domains());
  for (const auto& domain : all)
    if (domain.name == normal) co_return domain;
  co_return permanent(Words{"no such domain: {0}; `hikyaku domain list` shows what there is",
                            "ドメイン {0} はありません。`hikyaku domain list` で一覧を表示します"},
                      name);
}

Task<Status> check_domain(AdminPorts* ports, std::string name) {
  if (!name.empty()) HK_CO_TRY(co_await find_domain(ports, std::move(name)));
  co_return Status{};
}

// domain -> the domain
Task<Result<Json>> domain_add(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto name, text_argument(arguments, "domain"));
  HK_CO_TRY(co_await ports->directory.add_domain(name));
  const auto catch_all = text_argument_or(arguments, "catch_all", "");
  if (!catch_all.empty()) HK_CO_TRY(co_await ports->directory.set_catch_all(name, catch_all));
  HK_CO_ASSIGN(const auto domain, co_await find_domain(ports, name));
  co_return to_json(domain);
}

// -> domains
Task<Result<Json>> domain_list(AdminPorts* ports, Json /*arguments*/) {
  HK_CO_ASSIGN(const auto all, co_await ports->directory.domains());
  Json domains = Json::array();
  for (const auto& domain : all) domains.push_back(to_json(domain));
  co_return Json{{"domains", std::move(domains)}};
}

// domain -> the domain with the number of its accounts and aliases
Task<Result<Json>> domain_show(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto name, text_argument(arguments, "domain"));
  HK_CO_ASSIGN(const auto domain, co_await find_domain(ports, name));
  HK_CO_ASSIGN(const auto accounts, co_await ports->directory.accounts(name));
  HK_CO_ASSIGN(const auto aliases, co_await ports->directory.aliases(name));
  auto out = to_json(domain);
  out["accounts"] = accounts.size();
  out["aliases"] = aliases.size();
  co_return out;
}

// domain
Task<Result<Json>> domain_remove(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto name, text_argument(arguments, "domain"));
  HK_CO_TRY(co_await ports->directory.remove_domain(name));
  co_return Json{{"removed", name}};
}

// domain, address ("" = nobody) -> the domain
Task<Result<Json>> domain_catch_all(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto name, text_argument(arguments, "domain"));
  HK_CO_TRY(
      co_await ports->directory.set_catch_all(name, text_argument_or(arguments, "address", "")));
  HK_CO_ASSIGN(const auto domain, co_await find_domain(ports, name));
  co_return to_json(domain);
}

}  // namespace hikyaku::app
