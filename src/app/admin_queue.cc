// SPDX-License-Identifier: Apache-2.0
#include "app/admin_commands.h"
#include "base/words.h"
#include "record/queue/queue.h"
#include "record/trail/tracking.h"
#include "record/trail/trail.h"

namespace hikyaku::app {
namespace {

// Queue ids have the form of tracking numbers, so that people can read them out.
std::string id_text(QueueId id) { return trail::to_text(TrackingId(id.value)); }

constexpr Words kBusy{"the message is being delivered at this moment; try again",
                      "このメールは配送中です。少し待ってもう一度実行してください"};

std::string_view state_text(queue::State state) {
  switch (state) {
    case queue::State::kWaiting: return "waiting";
    case queue::State::kDelivered: return "delivered";
    case queue::State::kFailed: return "failed";
    case queue::State::kExpanded: return "expanded";
  }
  return "waiting";
}

Json to_json(const queue::Item& item) {
  Json out{{"id", id_text(item.id)},   {"tracking", trail::to_text(item.tracking)},
           {"sender", item.sender},    {"destination", item.destination},
           {"size", item.size},        {"created", rfc3339(item.created)},
           {"due", rfc3339(item.due)}, {"attempts", item.attempts}};
  out["recipients"] = Json::array();
  for (const auto& recipient : item.recipients)
    out["recipients"].push_back(Json{{"address", recipient.address},
                                     {"state", state_text(recipient.state)},
                                     {"last_reply", recipient.last_reply}});
  return out;
}

Task<Result<queue::Item>> find_item(AdminPorts* ports, std::string text) {
  const auto id = trail::parse_tracking(text);
  if (!id)
    co_return permanent(Words{"not a queue id: {0}; `hikyaku queue list` shows them",
                              "{0} はキュー ID ではありません。`hikyaku queue list` で表示します"},
                        text);
  HK_CO_ASSIGN(auto item, co_await queue::read(&ports->store, QueueId(id->value)));
  if (!item)
    co_return permanent(
        Words{"nothing waits under {0}; if it did, it was delivered, returned or removed: "
              "`hikyaku track --to ADDRESS` tells",
              "{0} で待っているメールはありません。配達、返送、または削除された可能性があります。"
              "`hikyaku track --to アドレス` で確認できます"},
        text);
  co_return *std::move(item);
}

/// Commits a change of one item; a conflict means that delivery is at it just now.
Task<Status> commit(AdminPorts* ports, store::Txn txn, QueueId id) {
  const auto done = co_await ports->store.submit(std::move(txn));
  if (done.outcome == store::Outcome::kConflict) co_return retry_later(kBusy);
  if (done.outcome != store::Outcome::kCommitted) co_return std::unexpected(done.failure("store"));
  if (ports->delivery != nullptr) ports->delivery->changed(id);
  co_return Status{};
}

/// Now: the running server is told, which is done at once for any number; else it is written down.
Task<Status> make_due(AdminPorts* ports, queue::Item item) {
  if (ports->delivery != nullptr) {
    if (ports->delivery->hurry(item.id) != 0) co_return Status{};
    co_return retry_later(kBusy);
  }
  auto after = item;
  after.due = ports->clock.now();
  store::Txn txn;
  queue::update(txn, item, after);
  co_return co_await commit(ports, std::move(txn), item.id);
}

queue::Filter filter_of(const Json& arguments) {
  queue::Filter filter;
  filter.sender = text_argument_or(arguments, "sender", "");
  filter.recipient = text_argument_or(arguments, "recipient", "");
  filter.destination = text_argument_or(arguments, "destination", "");
  filter.limit = number_argument_or(arguments, "limit", 100);
  return filter;
}

}  // namespace

// [sender], [recipient], [destination], [limit] -> items, and the count of all that wait
Task<Result<Json>> queue_list(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto items, co_await queue::list(&ports->store, filter_of(arguments)));
  HK_CO_ASSIGN(const auto count, co_await queue::count(&ports->store));
  Json list = Json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  co_return Json{{"waiting", count}, {"items", std::move(list)}};
}

// id -> the item
Task<Result<Json>> queue_show(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto id, text_argument(arguments, "id"));
  HK_CO_ASSIGN(const auto item, co_await find_item(ports, id));
  co_return to_json(item);
}

// id, or the filter of queue list, or all: true -> how many are due now
Task<Result<Json>> queue_retry(AdminPorts* ports, Json arguments) {
  const auto id = text_argument_or(arguments, "id", "");
  if (!id.empty()) {
    HK_CO_ASSIGN(auto item, co_await find_item(ports, id));
    HK_CO_TRY(co_await make_due(ports, std::move(item)));
    co_return Json{{"retried", 1}};
  }
  auto filter = filter_of(arguments);
  const auto all_given = arguments.find("all");
  const bool all = all_given != arguments.end() && *all_given == true;
  if (!all && filter.sender.empty() && filter.recipient.empty() && filter.destination.empty())
    co_return permanent(Words{
        "say which: a queue id, --destination, --sender, --recipient, or --all",
        "対象を指定してください: キュー ID、--destination、--sender、--recipient、または --all"});
  const bool whole = filter.sender.empty() && filter.recipient.empty() &&
                     arguments.find("limit") == arguments.end();
  if (whole && ports->delivery != nullptr) {
    HK_CO_ASSIGN(const auto count, co_await queue::count(&ports->store));
    const auto retried = ports->delivery->hurry_all(filter.destination);
    const auto busy = filter.destination.empty() && count > retried ? count - retried : 0;
    co_return Json{{"retried", retried}, {"busy", busy}};
  }
  filter.limit = number_argument_or(arguments, "limit", 1'000'000);
  HK_CO_ASSIGN(auto items, co_await queue::list(&ports->store, filter));
  std::size_t retried = 0;
  for (auto& item : items)
    if ((co_await make_due(ports, std::move(item))).has_value()) ++retried;
  co_return Json{{"retried", retried}, {"busy", items.size() - retried}};
}

// id -> what was removed; nobody is told but the trail
Task<Result<Json>> queue_remove(AdminPorts* ports, Json arguments) {
  HK_CO_ASSIGN(const auto id, text_argument(arguments, "id"));
  HK_CO_ASSIGN(const auto item, co_await find_item(ports, id));
  store::Txn txn;
  queue::remove(txn, item);
  trail::Event event{ports->clock.now(), trail::Kind::kRemoved, {{"by", "administrator"}}};
  for (const auto& recipient : item.recipients)
    if (recipient.state == queue::State::kWaiting)
      event.facts.emplace_back("to", recipient.address);
  trail::add_events(txn, item.tracking, item.id, {std::move(event)});
  HK_CO_TRY(co_await commit(ports, std::move(txn), item.id));
  co_return to_json(item);
}

namespace {

std::string_view state_text(delivery::SiteView::State state) {
  using State = delivery::SiteView::State;
  switch (state) {
    case State::kOpen: return "open";
    case State::kTrying: return "trying";
    case State::kDown: return "down";
    case State::kTooMuch: return "too_much";
  }
  return "open";
}

Json to_json(const delivery::SiteView& site) {
  Json out{{"site", site.name},
           {"destinations", site.destinations},
           {"destination_count", site.destination_count},
           {"state", state_text(site.state)},
           {"waiting", site.waiting},
           {"due", site.due},
           {"under_way", site.under_way},
           {"limit", site.window},
           {"connections", site.connections},
           {"idle_connections", site.idle},
           {"last_error", site.last_error},
           {"last_host", site.last_host}};
  out["rests_until"] = site.rests_until ? Json(rfc3339(*site.rests_until)) : Json();
  return out;
}

std::unexpected<Error> no_server() {
  return retry_later(Words{"the server does not run, so nothing is known of other servers",
                           "サーバーが動いていないため、他のサーバーの状態はわかりません"});
}

}  // namespace

// [destination], [limit] -> sites that have mail waiting, or trouble
Task<Result<Json>> queue_sites(AdminPorts* ports, Json arguments) {
  if (ports->delivery == nullptr) co_return no_server();
  const auto destination = text_argument_or(arguments, "destination", "");
  const auto limit = number_argument_or(arguments, "limit", 100);
  const auto sites = ports->delivery->sites(destination);
  Json list = Json::array();
  for (const auto& site : sites)
    if (list.size() < limit) list.push_back(to_json(site));
  co_return Json{{"count", sites.size()}, {"sites", std::move(list)}};
}

// name (a site, or a destination), or all: true -> its trouble is forgotten
Task<Result<Json>> queue_reset(AdminPorts* ports, Json arguments) {
  if (ports->delivery == nullptr) co_return no_server();
  const auto name = text_argument_or(arguments, "name", "");
  const auto all = arguments.find("all");
  if (name.empty() && (all == arguments.end() || *all != true))
    co_return permanent(Words{"say which: a destination, a site, or --all",
                              "対象を指定してください: 宛先ドメイン、サイト、または --all"});
  if (!ports->delivery->reset(name))
    co_return permanent(
        Words{"nothing waits for {0}, and nothing is known of it; `hikyaku queue "
              "sites` shows what is",
              "{0} 宛てに待つメールはなく、状態も記録されていません。`hikyaku queue "
              "sites` で表示します"},
        name);
  co_return Json{{"reset", name.empty() ? "all" : name}};
}

}  // namespace hikyaku::app
