// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/admin_commands.h"
#include "app/body_places.h"
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

/// A body that can't be read is told by the messages whose octets it had: that is what somebody has
/// lost.
Task<void> add_engine_problem(AdminPorts* ports, Json* findings,
                              store::CheckReport::Problem problem) {
  const auto places = co_await body_places(ports, problem.holders);
  if (!places || places->empty()) {
    add(*findings, problem.what, problem.repair);
    co_return;
  }
  for (const auto& place : *places) {
    const bool queued = place.contains("queue");
    Json finding{{"what", words_of_place(place) + ": " + problem.what}};
    finding["repair"] =
        queued ? "restore the data folder from a backup; or give the message up: hikyaku queue "
                 "remove " +
                     place.value("queue", "") + ", and tell its sender. Look at the disk"
               : "restore the data folder from a backup (docs/admin/backup.md), or fetch the "
                 "message from there; or give it up: delete it with a mail program. Look at the "
                 "disk";
    finding.update(place);
    findings->push_back(std::move(finding));
  }
}

}  // namespace

// -> findings (what, repair; of a message that can't be read its place, see body_places.h), and how
// much was looked at. Changes nothing.
Task<Result<Json>> store_check(AdminPorts* ports, Json /*arguments*/) {
  auto tell = [ports](const std::string& text) {
    if (ports->progress) ports->progress(text);
  };
  Json findings = Json::array();
  tell("bodies: reading every one, and comparing with its checksum");
  HK_CO_ASSIGN(const auto engine,
               co_await ports->store.check([](std::uint64_t, std::uint64_t) { return true; }));
  for (const auto& problem : engine.problems)
    co_await add_engine_problem(ports, &findings, problem);
  tell(fmt::format("{} bodies read, {} octets", engine.bodies, engine.body_octets));
  HK_CO_ASSIGN(const auto accounts, co_await ports->directory.accounts(""));
  mailbox::CheckOptions options;
  for (const auto& account : accounts) options.names[account.id] = account.address;
  HK_CO_ASSIGN(const auto mailboxes, co_await mailbox::check(&ports->store, std::move(options)));
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
