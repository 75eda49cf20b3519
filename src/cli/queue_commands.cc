// SPDX-License-Identifier: Apache-2.0
// hikyaku queue, track, store
#include "cli/arguments.h"
#include "cli/complaints.h"
#include "cli/print.h"

namespace hikyaku::cli {
namespace {

constexpr std::uint64_t kLimitMax = 1'000'000;
constexpr Words kQueueId{"queue id, as `hikyaku queue list` shows it",
                         "キュー ID (`hikyaku queue list` で表示)"};

void add_limit(CLI::App* command, const Arguments& arguments, Words help) {
  number(command, arguments, "--limit N", "limit", 1, kLimitMax, help);
}

void add_filter(CLI::App* command, const Arguments& arguments) {
  party(command, arguments, "--sender ADDRESS", "sender",
        {"only from this address or @domain", "この差出人アドレスまたは @ドメイン のものだけ"});
  party(command, arguments, "--recipient ADDRESS", "recipient",
        {"only to this address or @domain", "この宛先アドレスまたは @ドメイン のものだけ"});
  text(command, arguments, "--destination DOMAIN", "destination",
       {"only to this domain", "このドメイン宛てのものだけ"});
}

/// What says which messages are meant is one or the other: an id, or a filter.
bool has_any(const Arguments& arguments, std::initializer_list<const char*> keys) {
  return std::ranges::any_of(keys, [&](const char* key) { return arguments->contains(key); });
}

void add_retry(CLI::App& queue, Context& context, Action& action) {
  auto* retry = add_command(queue, context, "retry",
                            {"try again now: one, those that fit, or --all",
                             "今すぐ再送: 一通、条件に合うもの、または --all"});
  const auto arguments = no_arguments();
  text(retry, arguments, "ID", "id", kQueueId);
  add_filter(retry, arguments);
  add_limit(retry, arguments, {"at most so many", "最大件数"});
  retry->add_flag_callback(
      "--all", [arguments] { (*arguments)["all"] = true; },
      say(language(), Words{"everything that waits", "待っているものすべて"}));
  show_examples(retry,
                "hikyaku queue retry ID\n"
                "hikyaku queue retry --destination example.net\n"
                "hikyaku queue retry --all");
  retry->callback([retry, &context, &action, arguments] {
    action = [retry, &context, arguments] {
      const bool filtered = has_any(arguments, {"sender", "recipient", "destination", "all"});
      if (!filtered && !arguments->contains("id"))
        return complain(
            context, *retry,
            error_of(Remedy::kPermanent,
                     Words{"say which: a queue id, --destination, --sender, "
                           "--recipient, or --all",
                           "対象を指定してください: キュー ID、--destination、--sender、"
                           "--recipient、または --all"}));
      if (filtered && arguments->contains("id"))
        return complain(context, *retry,
                        error_of(Remedy::kPermanent,
                                 Words{"give a queue id, or say which fit; not both",
                                       "キュー ID か条件のどちらか一方を指定してください"}));
      return run_command(context, "queue retry", *arguments, print_retried);
    };
  });
}

void add_sites(CLI::App& queue, Context& context, Action& action) {
  auto* sites =
      add_command(queue, context, "sites",
                  {"the servers that mail waits for: connections, limits, pauses, the last error",
                   "メールが待っている相手のサーバー: 接続、上限、休止、最後のエラー"});
  auto arguments = no_arguments();
  text(sites, arguments, "--destination DOMAIN", "destination",
       {"only those of this domain", "このドメインのサーバーだけ"});
  add_limit(sites, arguments, {"at most so many [100]", "最大件数 [100]"});
  show_examples(sites,
                "hikyaku queue sites\n"
                "hikyaku queue sites --destination example.net --json");
  run_as(sites, context, action, "queue sites", arguments, print_sites);
  auto* reset =
      add_command(queue, context, "reset",
                  {"forget that servers are down or asked for less, and try them now",
                   "相手が落ちている、送信を控えるよう求めたという記録を消し、今すぐ試す"});
  arguments = no_arguments();
  text(reset, arguments, "DOMAIN", "name",
       {"destination, or site as `hikyaku queue sites` shows it",
        "宛先ドメイン、または `hikyaku queue sites` が表示するサイト"});
  reset->add_flag_callback(
      "--all", [arguments] { (*arguments)["all"] = true; },
      say(language(), Words{"all servers", "すべてのサーバー"}));
  show_examples(reset,
                "hikyaku queue reset example.net\n"
                "hikyaku queue reset --all");
  reset->callback([reset, &context, &action, arguments] {
    action = [reset, &context, arguments] {
      if (arguments->contains("name") == arguments->contains("all"))
        return complain(
            context, *reset,
            error_of(Remedy::kPermanent,
                     Words{"say which: a destination, a site, or --all",
                           "対象を指定してください: 宛先ドメイン、サイト、または --all"}));
      return run_command(context, "queue reset", *arguments, print_reset);
    };
  });
}

void add_queue(CLI::App& app, Context& context, Action& action) {
  auto* queue =
      add_group(app, context, "queue",
                {"mail that waits to be delivered elsewhere", "他のサーバーへの配送を待つメール"});
  auto* list =
      add_command(*queue, context, "list", {"what waits, and why", "待っているメールと理由"});
  auto arguments = no_arguments();
  add_filter(list, arguments);
  add_limit(list, arguments, {"at most so many [100]", "最大件数 [100]"});
  show_examples(list,
                "hikyaku queue list\n"
                "hikyaku queue list --destination example.net --limit 20");
  run_as(list, context, action, "queue list", arguments, print_queue);
  auto* show_one = add_command(*queue, context, "show",
                               {"one message with its recipients, and what their last replies mean",
                                "メール一通と宛先、最後の応答とその意味"});
  arguments = no_arguments();
  text(show_one, arguments, "ID", "id", kQueueId)->required();
  run_as(show_one, context, action, "queue show", arguments, print_queue_item_explained);
  add_retry(*queue, context, action);
  add_sites(*queue, context, action);
  auto* remove = add_command(*queue, context, "remove",
                             {"drop a message without delivering it; its sender is not told",
                              "配送せずに削除。差出人には通知しません"});
  arguments = no_arguments();
  text(remove, arguments, "ID", "id", kQueueId)->required();
  run_as(remove, context, action, "queue remove", arguments, print_queue_removed);
}

void add_track(CLI::App& app, Context& context, Action& action) {
  auto* track = add_command(
      app, context, "track",
      {"the whole way of a message: by its tracking number, or find it by --from and --to",
       "メールの足取り。追跡番号で表示するか、--from と --to で探します"});
  const auto arguments = no_arguments();
  text(track, arguments, "NUMBER", "number",
       {"tracking number, as the 250 reply and the Received field show it",
        "追跡番号 (250 応答と Received フィールドにあります)"});
  party(track, arguments, "--from ADDRESS", "from",
        {"sender's address or @domain; \"<>\" for bounces",
         "差出人のアドレスまたは @ドメイン。エラーメールは \"<>\""});
  party(track, arguments, "--to ADDRESS", "to",
        {"recipient's address or @domain", "宛先のアドレスまたは @ドメイン"});
  add_limit(track, arguments, {"at most so many, the newest [50]", "最大件数、新しい順 [50]"});
  constexpr const char* kExamples =
      "hikyaku track 0ABCDEFGH1234\n"
      "hikyaku track --to ann@example.org\n"
      "hikyaku track --from @example.net --to ann@example.org --limit 5\n"
      "hikyaku track --limit 10";
  show_examples(track, kExamples);
  track->callback([track, &context, &action, arguments] {
    action = [track, &context, arguments] {
      const bool searched = has_any(arguments, {"from", "to", "limit"});
      if (searched == arguments->contains("number"))
        return complain(
            context, *track,
            error_of(
                Remedy::kPermanent,
                Words{"say which message: its tracking number, or --from or --to an address or "
                      "@domain, or --limit N for the newest N; for example: hikyaku track --to "
                      "ann@example.org",
                      "どのメールか指定してください: 追跡番号、--from か --to でアドレスか "
                      "@ドメイン、または --limit N で最新の N 通。例: hikyaku track --to "
                      "ann@example.org"}));
      return run_command(context, "track", *arguments, print_track);
    };
  });
}

void add_store(CLI::App& app, Context& context, Action& action) {
  auto* store = add_group(app, context, "store", {"the data folder", "データフォルダー"});
  auto* check = add_command(*store, context, "check",
                            {"verify that everything that refers to something finds it, and counts "
                             "agree; changes nothing",
                             "参照先がすべてあり、数が合っているかを検査。何も変更しません"});
  check->callback([&context, &action] {
    action = [&context] {
      return run_command(context, "store check", app::Json::object(), print_check,
                         [](const app::Json& answer) {
                           return static_cast<int>(answer["findings"].empty() ? kDone : kFindings);
                         });
    };
  });
}

}  // namespace

void add_queue_commands(CLI::App& app, Context& context, Action& action) {
  add_queue(app, context, action);
  add_track(app, context, action);
  add_store(app, context, action);
}

}  // namespace hikyaku::cli
