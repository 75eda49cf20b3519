// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/admin_commands.h"
#include "record/directory/check.h"
#include "record/mailbox/check.h"
#include "record/queue/check.h"
#include "record/trail/check.h"

namespace hikyaku::app {
namespace {

void add(Json& findings, const std::string& what, const std::string& repair) {
  findings.push_back(Json{{"what", what}, {"repair", repair}});
}

void add(Json& findings, const std::vector<store::Finding>& found) {
  for (const auto& finding : found)
    add(findings, finding.what, finding.repair.empty() ? "a person must decide" : finding.repair);
}

}  // namespace

// -> findings (what, repair), and how much was looked at. Changes nothing.
Task<Result<Json>> store_check(AdminPorts* ports, Json /*arguments*/) {
  auto tell = [ports](const std::string& text) {
    if (ports->progress) ports->progress(text);
  };
  Json findings = Json::array();
  tell("bodies: reading every one, and comparing with its checksum");
  HK_CO_ASSIGN(const auto engine,
               co_await ports->store.check([](std::uint64_t, std::uint64_t) { return true; }));
  for (const auto& problem : engine.problems) add(findings, problem.what, problem.repair);
  tell(fmt::format("{} bodies read, {} octets", engine.bodies, engine.body_octets));
  HK_CO_ASSIGN(const auto mailboxes, co_await mailbox::check(&ports->store));
  add(findings, mailboxes);
  tell("mailboxes checked");
  HK_CO_ASSIGN(const auto in_queue, co_await queue::check(&ports->store));
  add(findings, in_queue);
  tell("queue checked");
  HK_CO_ASSIGN(const auto in_directory, co_await directory::check(&ports->store));
  add(findings, in_directory);
  HK_CO_ASSIGN(const auto in_trail, co_await trail::check(&ports->store));
  add(findings, in_trail);
  tell("directory and trail checked");
  co_return Json{{"bodies", engine.bodies},
                 {"body_octets", engine.body_octets},
                 {"log_bytes", engine.log_bytes},
                 {"findings", std::move(findings)}};
}

}  // namespace hikyaku::app
