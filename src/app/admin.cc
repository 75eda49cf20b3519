// SPDX-License-Identifier: Apache-2.0
#include "app/admin.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>

#include "app/admin_commands.h"
#include "base/words.h"

namespace hikyaku::app {
namespace {

constexpr std::array kCommands{
    AdminCommand{"domain add", domain_add},
    AdminCommand{"domain list", domain_list},
    AdminCommand{"domain show", domain_show},
    AdminCommand{"domain remove", domain_remove},
    AdminCommand{"domain catch-all", domain_catch_all},
    AdminCommand{"account add", account_add},
    AdminCommand{"account list", account_list},
    AdminCommand{"account show", account_show},
    AdminCommand{"account remove", account_remove},
    AdminCommand{"account password", account_password},
    AdminCommand{"alias add", alias_add},
    AdminCommand{"alias list", alias_list},
    AdminCommand{"alias show", alias_show},
    AdminCommand{"alias remove", alias_remove},
    AdminCommand{"queue list", queue_list},
    AdminCommand{"queue show", queue_show},
    AdminCommand{"queue retry", queue_retry},
    AdminCommand{"queue remove", queue_remove},
    AdminCommand{"queue sites", queue_sites},
    AdminCommand{"queue reset", queue_reset},
    AdminCommand{"track", track},
    AdminCommand{"store check", store_check},
};

}  // namespace

std::span<const AdminCommand> admin_commands() { return kCommands; }

Task<Result<Json>> run_admin(AdminPorts* ports, std::string name, Json arguments) {
  if (!arguments.is_object())
    co_return permanent(
        Words{"arguments must be a JSON object", "引数は JSON オブジェクトでなければなりません"});
  for (const auto& command : kCommands)
    if (command.name == name) co_return co_await command.run(ports, std::move(arguments));
  co_return permanent(
      Words{"the server knows no command \"{0}\"; it may be older than this program: restart it",
            "サーバーはコマンド \"{0}\" を知りません。このプログラムより古い可能性があります。"
            "サーバーを再起動してください"},
      name);
}

Result<std::string> text_argument(const Json& arguments, std::string_view name) {
  const auto at = arguments.find(name);
  if (at == arguments.end() || !at->is_string() || at->get_ref<const std::string&>().empty())
    return permanent(Words{"\"{0}\" is missing or empty", "\"{0}\" がないか、空です"}, name);
  return at->get<std::string>();
}

std::string text_argument_or(const Json& arguments, std::string_view name,
                             std::string_view fallback) {
  const auto at = arguments.find(name);
  if (at == arguments.end() || !at->is_string()) return std::string(fallback);
  return at->get<std::string>();
}

std::uint64_t number_argument_or(const Json& arguments, std::string_view name,
                                 std::uint64_t fallback) {
  const auto at = arguments.find(name);
  if (at == arguments.end() || !at->is_number_unsigned()) return fallback;
  return at->get<std::uint64_t>();
}

std::string rfc3339(UnixTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), ms);
}

}  // namespace hikyaku::app
