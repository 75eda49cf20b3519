// SPDX-License-Identifier: Apache-2.0
#include "cli/print.h"

#include <fmt/format.h>

#include "cli/language.h"
#include "explain/explain.h"

namespace hikyaku::cli {
namespace {

std::string text(const app::Json& json, const char* key) {
  const auto at = json.find(key);
  if (at == json.end()) return {};
  return at->is_string() ? at->get<std::string>() : at->dump();
}

std::string octets_for_people(std::uint64_t octets) {
  if (octets < 10'000) return fmt::format("{} octets", octets);
  if (octets < 10'000'000) return fmt::format("{} kB", octets / 1000);
  return fmt::format("{} MB", octets / 1'000'000);
}

/// A control character from a peer must not reach the terminal.
std::string harmless(std::string value) {
  for (auto& c : value)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return value;
}

void print_facts(const app::Json& event) {
  for (const auto& fact : event["facts"])
    fmt::print(" {}={}", fact[0].get<std::string>(), harmless(fact[1].get<std::string>()));
}

/// What a reply of the other side means, who must act and what to do; nothing for what is no reply.
void print_meaning(const std::string& reply) {
  const auto in = language();
  const auto found = explain::explain(reply, in);
  if (!found) return;
  const bool japanese = in == explain::Language::kJapanese;
  fmt::print("             {}: {}\n", japanese ? "意味" : "meaning", found->meaning);
  fmt::print("             {}: {}\n", japanese ? "対応する人" : "who acts",
             explain::name_of(found->actor, in));
  fmt::print("             {}: {}\n", japanese ? "対処" : "remedy", found->remedy);
}

void print_item(const app::Json& item, void (*after_reply)(const std::string&)) {
  fmt::print("{}  from <{}>  to {}  {}\n", text(item, "id"), text(item, "sender"),
             text(item, "destination"), octets_for_people(item["size"].get<std::uint64_t>()));
  fmt::print("  tracking {}, came {}, {} attempts, next {}\n", text(item, "tracking"),
             text(item, "created"), text(item, "attempts"), text(item, "due"));
  for (const auto& recipient : item["recipients"]) {
    fmt::print("  {:<10} {}\n", text(recipient, "state"), text(recipient, "address"));
    const auto reply = harmless(text(recipient, "last_reply"));
    if (reply.empty()) continue;
    fmt::print("             {}\n", reply);
    if (after_reply != nullptr) after_reply(reply);
  }
}

}  // namespace

void print_domain(const app::Json& answer) {
  fmt::print("{}\n", text(answer, "domain"));
  if (answer.contains("accounts"))
    fmt::print("  accounts   {}\n  aliases    {}\n", text(answer, "accounts"),
               text(answer, "aliases"));
  if (answer.contains("catch_all")) fmt::print("  catch-all  {}\n", text(answer, "catch_all"));
}

void print_domains(const app::Json& answer) {
  if (answer["domains"].empty())
    fmt::print("no domains yet; add one: hikyaku domain add example.org\n");
  for (const auto& domain : answer["domains"])
    fmt::print(
        "{}{}\n", text(domain, "domain"),
        domain.contains("catch_all") ? "  (catch-all " + text(domain, "catch_all") + ")" : "");
}

void print_account(const app::Json& answer) {
  fmt::print("{}{}\n", text(answer, "address"),
             answer.contains("name") ? "  " + text(answer, "name") : "");
  if (answer.contains("password"))
    fmt::print("  password   {}   (shown once: write it down)\n", text(answer, "password"));
  if (answer.contains("octets"))
    fmt::print("  mail       {}\n", octets_for_people(answer["octets"].get<std::uint64_t>()));
  if (!answer.contains("mailboxes")) return;
  for (const auto& mailbox : answer["mailboxes"])
    fmt::print("  {:<24} {:>8} messages, {} unseen, {}\n", harmless(text(mailbox, "name")),
               text(mailbox, "messages"), text(mailbox, "unseen"),
               octets_for_people(mailbox["octets"].get<std::uint64_t>()));
}

void print_accounts(const app::Json& answer) {
  if (answer["accounts"].empty())
    fmt::print("no accounts yet; add one: hikyaku account add you@example.org\n");
  for (const auto& account : answer["accounts"])
    fmt::print("{}{}\n", text(account, "address"),
               account.contains("name") ? "  " + text(account, "name") : "");
}

void print_alias(const app::Json& answer) {
  fmt::print("{}\n", text(answer, "address"));
  for (const auto& target : answer["targets"]) fmt::print("  -> {}\n", target.get<std::string>());
}

void print_aliases(const app::Json& answer) {
  if (answer["aliases"].empty())
    fmt::print("no aliases yet; add one: hikyaku alias add info@example.org you@example.org\n");
  for (const auto& alias : answer["aliases"]) print_alias(alias);
}

void print_removed(const app::Json& answer) { fmt::print("removed {}\n", text(answer, "removed")); }

void print_queue_item(const app::Json& answer) { print_item(answer, nullptr); }

void print_queue_item_explained(const app::Json& answer) { print_item(answer, print_meaning); }

void print_queue(const app::Json& answer) {
  for (const auto& item : answer["items"]) print_queue_item(item);
  const auto waiting = answer["waiting"].get<std::uint64_t>();
  if (waiting == 0) {
    fmt::print("the queue is empty\n");
  } else {
    fmt::print("{} shown, {} waiting in all\n", answer["items"].size(), waiting);
  }
}

void print_retried(const app::Json& answer) {
  fmt::print("{} tried again now\n", text(answer, "retried"));
  const auto busy = answer.value("busy", std::uint64_t{0});
  if (busy != 0) fmt::print("{} are being delivered at this moment\n", busy);
}

void print_track(const app::Json& answer) {
  if (answer.contains("messages")) {
    if (answer["messages"].empty()) fmt::print("no message fits\n");
    for (const auto& message : answer["messages"]) {
      fmt::print("{}  {}  <{}>", text(message, "tracking"), text(message, "time"),
                 harmless(text(message, "from")));
      for (const auto& to : message["to"]) fmt::print(" -> {}", harmless(to.get<std::string>()));
      fmt::print("\n");
    }
    return;
  }
  fmt::print("{}  <{}>", text(answer, "tracking"), harmless(text(answer, "from")));
  for (const auto& to : answer["to"]) fmt::print(" -> {}", harmless(to.get<std::string>()));
  fmt::print("\n");
  if (!text(answer, "message_id").empty())
    fmt::print("Message-ID {}\n", harmless(text(answer, "message_id")));
  for (const auto& event : answer["events"]) {
    fmt::print("{}  {:<10}", text(event, "time"), text(event, "event"));
    print_facts(event);
    fmt::print("\n");
  }
}

void print_check(const app::Json& answer) {
  for (const auto& finding : answer["findings"])
    fmt::print("{}\n  would repair: {}\n", text(finding, "what"), text(finding, "repair"));
  fmt::print("{} findings\n", answer["findings"].size());
}

}  // namespace hikyaku::cli
