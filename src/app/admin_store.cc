// SPDX-License-Identifier: Apache-2.0

#include "app/admin_commands.h"
#include "app/body_places.h"
#include "record/directory/check.h"
#include "record/mailbox/check.h"
#include "record/queue/check.h"
#include "record/trail/check.h"

namespace hikyaku::app {
namespace {

/// When a long walk is told of: soon, at its hundredth part, then at each tenth.
class Milestones {
 public:
  [[nodiscard]] bool reach(std::uint64_t done, std::uint64_t total) {
    const auto percent = total == 0 ? 100 : done * 100 / total;
    if (percent < next_ || percent >= 100) return false;
    next_ = (percent / 10 + 1) * 10;
    return true;
  }

 private:
  std::uint64_t next_ = 1;  ///< percent
};

constexpr Words kAPersonDecides = {"a person must decide", "人が判断してください"};

void add(Json& findings, const Told& what, const Told& repair) {
  Json finding = Json::object();
  set_told(finding, "what", what);
  set_told(finding, "repair", repair);
  findings.push_back(std::move(finding));
}

void add(Json& findings, const std::vector<store::Finding>& found) {
  for (const auto& finding : found)
    add(findings, finding.what, finding.repair.empty() ? told(kAPersonDecides) : finding.repair);
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
    Json finding = Json::object();
    set_told(finding, "what", told({"{0}: {1}", "{0}: {1}"}, words_of_place(place), problem.what));
    set_told(finding, "repair",
             queued
                 ? told({"restore the data folder from a backup; or give the message up: hikyaku "
                         "queue remove {0}, and tell its sender. Look at the disk",
                         "データフォルダーをバックアップから戻してください。あきらめる場合は "
                         "hikyaku queue remove {0} で削除し、差出人に知らせてください。ディスクも"
                         "調べてください"},
                        place.value("queue", ""))
                 : told({"restore the data folder from a backup (docs/admin/backup.md), or fetch "
                         "the message from there; or give it up: delete it with a mail program. "
                         "Look at the disk",
                         "データフォルダーをバックアップから戻すか (docs/admin/backup.md)、そこから"
                         "このメールを取り出してください。あきらめる場合はメールソフトで削除して"
                         "ください。ディスクも調べてください"}));
    finding.update(place);
    findings->push_back(std::move(finding));
  }
}

}  // namespace

// -> findings (what, repair; of a message that can't be read its place, see body_places.h), and how
// much was looked at. Changes nothing.
Task<Result<Json>> store_check(AdminPorts* ports, Json /*arguments*/) {
  auto tell = [ports](const Told& text) {
    if (ports->progress) ports->progress(text);
  };
  Json findings = Json::array();
  tell(told({"bodies: reading every one, and comparing with its checksum",
             "本文をすべて読み、チェックサムと照合します"}));
  Milestones of_bodies;
  HK_CO_ASSIGN(const auto engine, co_await ports->store.check([&](std::uint64_t done,
                                                                  std::uint64_t total) {
    if (of_bodies.reach(done, total))
      tell(told({"{0} of {1} bodies read", "本文 {1} 件のうち {0} 件を読みました"}, done, total));
    return true;
  }));
  for (const auto& problem : engine.problems)
    co_await add_engine_problem(ports, &findings, problem);
  tell(told({"{0} bodies read, {1} octets", "本文 {0} 件、{1} オクテットを読みました"},
            engine.bodies, engine.body_octets));
  HK_CO_ASSIGN(const auto accounts, co_await ports->directory.accounts(""));
  mailbox::CheckOptions options;
  for (const auto& account : accounts) options.names[account.id] = account.address;
  Milestones of_accounts;
  options.progress = [&](const mailbox::CheckProgress& so_far) {
    if (of_accounts.reach(so_far.accounts, accounts.size()))
      tell(told({"mailboxes: {0} of {1} accounts checked, {2} messages",
                 "メールボックス: アカウント {1} 件のうち {0} 件、メール {2} 通を検査しました"},
                so_far.accounts, accounts.size(), so_far.messages));
  };
  HK_CO_ASSIGN(const auto mailboxes, co_await mailbox::check(&ports->store, std::move(options)));
  add(findings, mailboxes);
  tell(told({"mailboxes checked", "メールボックスを検査しました"}));
  HK_CO_ASSIGN(const auto in_queue, co_await queue::check(&ports->store));
  add(findings, in_queue);
  tell(told({"queue checked", "キューを検査しました"}));
  HK_CO_ASSIGN(const auto in_directory, co_await directory::check(&ports->store));
  add(findings, in_directory);
  HK_CO_ASSIGN(const auto in_trail, co_await trail::check(&ports->store));
  add(findings, in_trail);
  tell(told({"directory and trail checked", "アカウントと追跡記録を検査しました"}));
  co_return Json{{"bodies", engine.bodies},
                 {"body_octets", engine.body_octets},
                 {"log_bytes", engine.log_bytes},
                 {"findings", std::move(findings)}};
}

}  // namespace hikyaku::app
