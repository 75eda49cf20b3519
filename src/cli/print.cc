// SPDX-License-Identifier: Apache-2.0
#include "cli/print.h"

#include <fmt/format.h>

#include "base/words.h"
#include "cli/help.h"

namespace hikyaku::cli {
namespace {

std::string text(const app::Json& json, const char* key) {
  const auto at = json.find(key);
  if (at == json.end()) return {};
  return at->is_string() ? at->get<std::string>() : at->dump();
}

std::string octets_for_people(std::uint64_t octets) {
  if (octets < 10'000) return say(language(), Words{"{0} octets", "{0} オクテット"}, octets);
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
    if (const auto value = fact[1].get<std::string>(); !value.empty())
      fmt::print(" {}={}", fact[0].get<std::string>(), harmless(value));
}

/// What a reply of the other side means, who must act and what to do; nothing for what is no reply.
void print_meaning(const std::string& reply) {
  const auto in = language();
  const auto found = explain::explain(reply, in);
  if (found) fmt::print("{}", explanation_lines(*found, in, "             "));
}

template <class... Values>
void tell(const Words& words, const Values&... values) {
  fmt::print("{}\n", say(language(), words, values...));
}

std::string_view state_for_people(std::string_view state) {
  const auto in = language();
  if (state == "waiting") return Words("waiting", "待機中").in(in);
  if (state == "delivered") return Words("delivered", "配達済み").in(in);
  if (state == "failed") return Words("failed", "失敗").in(in);
  return state;
}

void print_item(const app::Json& item, void (*after_reply)(const std::string&)) {
  tell({"{0}  from <{1}>  to {2}  {3}", "{0}  差出人 <{1}>  配送先 {2}  {3}"}, text(item, "id"),
       harmless(text(item, "sender")), harmless(text(item, "destination")),
       octets_for_people(item["size"].get<std::uint64_t>()));
  tell({"  tracking {0}, came {1}, {2} attempts, next {3}",
        "  追跡番号 {0}、受付 {1}、試行 {2} 回、次回 {3}"},
       text(item, "tracking"), text(item, "created"), text(item, "attempts"), text(item, "due"));
  for (const auto& recipient : item["recipients"]) {
    fmt::print("  {} {}\n", padded(state_for_people(text(recipient, "state")), 10),
               harmless(text(recipient, "address")));
    const auto reply = harmless(text(recipient, "last_reply"));
    if (reply.empty()) continue;
    fmt::print("             {}\n", reply);
    if (after_reply != nullptr) after_reply(reply);
  }
}

}  // namespace

std::string explanation_lines(const explain::Explanation& found, Language in,
                              std::string_view indent) {
  const auto meaning = Words("meaning", "意味").in(in);
  const auto who = Words("who acts", "対応する人").in(in);
  const auto remedy = Words("remedy", "対処").in(in);
  const auto width = columns_of(who);
  return fmt::format("{0}{1}  {2}\n{0}{3}  {4}\n{0}{5}  {6}\n", indent, padded(meaning, width),
                     found.meaning, padded(who, width), explain::name_of(found.actor, in),
                     padded(remedy, width), found.remedy);
}

void print_domain(const app::Json& answer) {
  fmt::print("{}\n", text(answer, "domain"));
  if (answer.contains("accounts")) {
    tell({"  accounts   {0}", "  アカウント      {0}"}, text(answer, "accounts"));
    tell({"  aliases    {0}", "  別名            {0}"}, text(answer, "aliases"));
  }
  if (answer.contains("catch_all"))
    tell({"  catch-all  {0}", "  キャッチオール  {0}"}, text(answer, "catch_all"));
}

void print_domains(const app::Json& answer) {
  if (answer["domains"].empty())
    tell({"no domains yet; add one: hikyaku domain add example.org",
          "ドメインはまだありません。追加: hikyaku domain add example.org"});
  for (const auto& domain : answer["domains"])
    fmt::print("{}{}\n", text(domain, "domain"),
               domain.contains("catch_all")
                   ? say(language(), Words{"  (catch-all {0})", "  (キャッチオール {0})"},
                         text(domain, "catch_all"))
                   : "");
}

void print_account(const app::Json& answer) {
  fmt::print("{}{}\n", text(answer, "address"),
             answer.contains("name") ? "  " + harmless(text(answer, "name")) : "");
  if (answer.contains("password"))
    tell({"  password   {0}   (shown once: write it down)",
          "  パスワード  {0}   (表示は一度だけです。控えてください)"},
         text(answer, "password"));
  if (answer.contains("octets"))
    tell({"  mail       {0}", "  メール      {0}"},
         octets_for_people(answer["octets"].get<std::uint64_t>()));
  if (!answer.contains("mailboxes")) return;
  for (const auto& mailbox : answer["mailboxes"])
    tell({"  {0} {1:>8} messages, {2} unseen, {3}", "  {0} {1:>8} 通、未読 {2} 通、{3}"},
         padded(harmless(text(mailbox, "name")), 24), text(mailbox, "messages"),
         text(mailbox, "unseen"), octets_for_people(mailbox["octets"].get<std::uint64_t>()));
}

void print_accounts(const app::Json& answer) {
  if (answer["accounts"].empty())
    tell({"no accounts yet; add one: hikyaku account add you@example.org",
          "アカウントはまだありません。追加: hikyaku account add you@example.org"});
  for (const auto& account : answer["accounts"])
    fmt::print("{}{}\n", text(account, "address"),
               account.contains("name") ? "  " + harmless(text(account, "name")) : "");
}

void print_alias(const app::Json& answer) {
  fmt::print("{}\n", text(answer, "address"));
  for (const auto& target : answer["targets"]) fmt::print("  -> {}\n", target.get<std::string>());
}

void print_aliases(const app::Json& answer) {
  if (answer["aliases"].empty())
    tell({"no aliases yet; add one: hikyaku alias add info@example.org you@example.org",
          "別名はまだありません。追加: hikyaku alias add info@example.org you@example.org"});
  for (const auto& alias : answer["aliases"]) print_alias(alias);
}

void print_removed(const app::Json& answer) {
  tell({"removed {0}", "{0} を削除しました"}, text(answer, "removed"));
  if (!answer.contains("still_named_by")) return;
  for (const auto& name : answer["still_named_by"])
    tell({"  {0} still leads to it", "  {0} の宛先に残っています"}, name.get<std::string>());
}

void print_queue_item(const app::Json& answer) { print_item(answer, nullptr); }

void print_queue_removed(const app::Json& answer) {
  tell({"removed; it is not delivered, and its sender is not told:",
        "削除しました。配達も差出人への通知も行いません:"});
  print_item(answer, nullptr);
}

void print_queue_item_explained(const app::Json& answer) { print_item(answer, print_meaning); }

void print_queue(const app::Json& answer) {
  for (const auto& item : answer["items"]) print_queue_item(item);
  const auto waiting = answer["waiting"].get<std::uint64_t>();
  if (waiting == 0)
    tell({"the queue is empty", "キューは空です"});
  else
    tell({"{0} shown, {1} waiting in all", "{0} 件を表示、全部で {1} 件が待機中"},
         answer["items"].size(), waiting);
}

void print_retried(const app::Json& answer) {
  tell({"{0} tried again now", "{0} 件を今すぐ再送します"}, text(answer, "retried"));
  const auto busy = answer.value("busy", std::uint64_t{0});
  if (busy != 0) tell({"{0} are being delivered at this moment", "{0} 件は配送中です"}, busy);
}

void print_sites(const app::Json& answer) {
  for (const auto& site : answer["sites"]) {
    const auto number = [&](const char* name) { return site[name].get<std::uint64_t>(); };
    const auto state = text(site, "state");
    fmt::print("{}\n", harmless(text(site, "site")));
    tell({"  {0} waiting, {1} of them due; {2} under way, at most {3}; {4} connections, {5} idle",
          "  待機 {0} 通、うち期限到来 {1} 通。配送中 {2} 通、上限 {3} 通。接続 {4} 本、うち空き "
          "{5} 本"},
         number("waiting"), number("due"), number("under_way"), number("limit"),
         number("connections"), number("idle_connections"));
    if (state == "down")
      tell({"  out of reach; tried again at {0}", "  届きません。{0} に再び試します"},
           text(site, "rests_until"));
    if (state == "too_much")
      tell({"  it asked for less; tried again at {0}",
            "  送信を控えるよう求められました。{0} に再び試します"},
           text(site, "rests_until"));
    if (state == "trying")
      tell({"  one message tries whether it is back", "  復旧したか一通で試しています"});
    if (!text(site, "last_error").empty())
      tell({"  last error: {0}", "  最後のエラー: {0}"}, harmless(text(site, "last_error")));
    std::string names;
    for (const auto& name : site["destinations"]) {
      if (!names.empty()) names += ", ";
      names += harmless(name.get<std::string>());
    }
    const auto more = number("destination_count") - site["destinations"].size();
    if (!names.empty() && names != text(site, "site")) {
      if (more == 0)
        tell({"  for {0}", "  宛先: {0}"}, names);
      else
        tell({"  for {0} and {1} more", "  宛先: {0} ほか {1} 件"}, names, more);
    }
  }
  if (answer["sites"].empty())
    tell({"nothing waits for other servers", "他のサーバーを待つメールはありません"});
}

void print_reset(const app::Json& answer) {
  tell({"{0}: forgotten, what waits is tried now",
        "{0}: 状態を消しました。待っているメールを今すぐ試します"},
       harmless(text(answer, "reset")));
}

void print_track(const app::Json& answer) {
  if (answer.contains("messages")) {
    if (answer["messages"].empty())
      tell(
          {"no message fits; what never came here left no trace: check the address, then MX record "
           "and firewall",
           "該当するメールはありません。ここに届かなかったメールは記録されません。アドレス、MX "
           "レコード、ファイアウォールを確認してください"});
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
  for (const auto& finding : answer["findings"]) {
    fmt::print("{}\n", harmless(text(finding, "what")));
    tell({"  what to do: {0}", "  対処: {0}"}, harmless(text(finding, "repair")));
  }
  tell({"{0} findings", "問題 {0} 件"}, answer["findings"].size());
}

}  // namespace hikyaku::cli
