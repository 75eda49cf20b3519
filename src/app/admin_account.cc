// SPDX-License-Identifier: Apache-2.0
#include "app/admin_commands.h"
#include "base/words.h"

namespace hikyaku::app {
namespace {

Json to_json(const directory::Account& account) {
  Json out{{"address", account.address}};
  if (!account.name.empty()) out["name"] = account.name;
  if (account.quota_octets != 0) out["quota_octets"] = account.quota_octets;
  return out;
}

Task<Result<directory::Account>> find_account(AdminPorts* ports, std::string address) {
  HK_CO_ASSIGN(auto account, co_await ports->directory.account(address));
  if (!account)
    co_return permanent(
        Words{"no such account: {0}; `hikyaku account list` shows what there is",
              "アカウント {0} はありません。`hikyaku account list` で一覧を表示します"},
        address);
  co_return *std::move(account);
}

/// The password that was given, or a generated one, which the answer then shows: once.
struct NewPassword {
  Secret secret;
  bool generated;
};

NewPassword new_password(const Json& arguments) {
  auto given = text_argument_or(arguments, "password", "");
  if (!given.empty()) return {Secret(std::move(given)), false};
  return {directory::generate_password(), true};
}

}  // namespace

// address, [name], [password] -> the account, and the password if it was generated
Task<Result<Json>> account_add(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto address, text_argument(arguments, "address"));
  auto password = new_password(arguments);
  const std::string shown(password.generated ? password.secret.reveal() : std::string_view());
  HK_CO_ASSIGN(const auto account,
               co_await ports->directory.add_account(address, std::move(password.secret),
                                                     text_argument_or(arguments, "name", "")));
  auto out = to_json(account);
  if (!shown.empty()) out["password"] = shown;
  co_return out;
}

// [domain] -> accounts
Task<Result<Json>> account_list(AdminPorts* ports, Json arguments) {
  const auto domain = text_argument_or(arguments, "domain", "");
  HK_CO_TRY(co_await check_domain(ports, domain));
  HK_CO_ASSIGN(const auto all, co_await ports->directory.accounts(domain));
  Json accounts = Json::array();
  for (const auto& account : all) accounts.push_back(to_json(account));
  co_return Json{{"accounts", std::move(accounts)}};
}

// address -> the account with its mailboxes
Task<Result<Json>> account_show(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto address, text_argument(arguments, "address"));
  HK_CO_ASSIGN(const auto account, co_await find_account(ports, address));
  HK_CO_ASSIGN(const auto mailboxes, co_await ports->mailboxes.open(account.id));
  HK_CO_ASSIGN(const auto list, co_await mailboxes->list());
  HK_CO_ASSIGN(const auto octets, co_await mailboxes->octets_used());
  auto out = to_json(account);
  out["octets"] = octets;
  out["mailboxes"] = Json::array();
  for (const auto& info : list)
    out["mailboxes"].push_back(Json{{"name", info.name},
                                    {"messages", info.messages},
                                    {"unseen", info.unseen},
                                    {"octets", info.octets}});
  co_return out;
}

// address: the account can no longer log in or get mail from the first step on; then its mail is
// erased -> what was removed, and what still leads to it
Task<Result<Json>> account_remove(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto address, text_argument(arguments, "address"));
  HK_CO_ASSIGN(const auto account, co_await find_account(ports, address));
  HK_CO_TRY(co_await ports->directory.remove_account(address));
  HK_CO_TRY(co_await ports->mailboxes.erase_account(account.id));
  HK_CO_ASSIGN(auto left, co_await still_named_by(ports, account.address));
  Json out{{"removed", account.address}};
  if (!left.empty()) out["still_named_by"] = std::move(left);
  co_return out;
}

// address, [password] -> the account, and the password if it was generated
Task<Result<Json>> account_password(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto address, text_argument(arguments, "address"));
  HK_CO_ASSIGN(const auto account, co_await find_account(ports, address));
  auto password = new_password(arguments);
  const std::string shown(password.generated ? password.secret.reveal() : std::string_view());
  HK_CO_TRY(co_await ports->directory.set_password(address, std::move(password.secret)));
  auto out = to_json(account);
  if (!shown.empty()) out["password"] = shown;
  co_return out;
}

}  // namespace hikyaku::app
