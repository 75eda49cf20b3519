// SPDX-License-Identifier: Apache-2.0
#include "app/admin_commands.h"
#include "base/words.h"
#include "record/trail/tracking.h"
#include "record/trail/trail.h"

namespace hikyaku::app {
namespace {

std::string_view kind_text(trail::Kind kind) {
  switch (kind) {
    case trail::Kind::kConnected: return "connected";
    case trail::Kind::kTls: return "tls";
    case trail::Kind::kLogin: return "login";
    case trail::Kind::kEnvelope: return "envelope";
    case trail::Kind::kDecision: return "decision";
    case trail::Kind::kStored: return "stored";
    case trail::Kind::kQueued: return "queued";
    case trail::Kind::kAttempt: return "attempt";
    case trail::Kind::kDeferred: return "deferred";
    case trail::Kind::kDelivered: return "delivered";
    case trail::Kind::kFailed: return "failed";
    case trail::Kind::kBounced: return "bounced";
    case trail::Kind::kExpanded: return "expanded";
    case trail::Kind::kRemoved: return "removed";
  }
  return "unknown";
}

Json to_json(const trail::Head& head) {
  return Json{{"tracking", trail::to_text(head.id)},
              {"time", rfc3339(trail::time_of(head.id))},
              {"from", head.from},
              {"to", head.to},
              {"message_id", head.message_id}};
}

Json to_json(const trail::Story& story) {
  auto out = to_json(story.head);
  out["events"] = Json::array();
  for (const auto& event : story.events) {
    // A key may repeat (several recipients), which an object could not show.
    Json facts = Json::array();
    for (const auto& [name, value] : event.facts) facts.push_back(Json::array({name, value}));
    out["events"].push_back(Json{{"time", rfc3339(event.time)},
                                 {"event", kind_text(event.kind)},
                                 {"facts", std::move(facts)}});
  }
  return out;
}

}  // namespace

// number -> the message's whole way; or [from], [to], [limit] -> messages, newest first
Task<Result<Json>> track(AdminPorts* ports, Json arguments) {
  const auto number = text_argument_or(arguments, "number", "");
  if (!number.empty()) {
    const auto id = trail::parse_tracking(number);
    if (!id)
      co_return permanent(
          Words{"not a tracking number: {0}; it has 13 letters and digits, as the 250 reply showed "
                "it",
                "{0} は追跡番号ではありません。250 応答に表示された 13 桁の英数字です"},
          number);
    HK_CO_ASSIGN(const auto story, co_await trail::read(&ports->store, *id));
    co_return to_json(story);
  }
  trail::Query query;
  query.from = text_argument_or(arguments, "from", "");
  query.to = text_argument_or(arguments, "to", "");
  query.limit = number_argument_or(arguments, "limit", 50);
  HK_CO_ASSIGN(const auto heads, co_await trail::find(&ports->store, query));
  Json messages = Json::array();
  for (const auto& head : heads) messages.push_back(to_json(head));
  co_return Json{{"messages", std::move(messages)}};
}

}  // namespace hikyaku::app
