// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli/commands.h"
#include "cli/complaints.h"
#include "cli/help.h"

namespace hikyaku::cli {
namespace {

constexpr Words kAbout{
    "hikyaku: a whole mail server in one program.\n\n"
    "First steps:\n"
    "  hikyaku quickstart you@example.org   set up this machine, and see what to publish in DNS\n"
    "  hikyaku serve                        run the server in the foreground\n"
    "  hikyaku account add ann@example.org  add people, while the server runs\n"
    "  hikyaku track --to ann@example.org   what happened to mail for somebody\n"
    "  hikyaku explain \"550 5.7.1 ...\"      what a reply means, who must act, what to do",
    "飛脚 (hikyaku): 一つのプログラムですべてを行うメールサーバー\n\n"
    "はじめに:\n"
    "  hikyaku quickstart you@example.org   このマシンを設定し、公開する DNS レコードを表示\n"
    "  hikyaku serve                        サーバーをフォアグラウンドで実行\n"
    "  hikyaku account add ann@example.org  利用者を追加 (サーバーの実行中でも可)\n"
    "  hikyaku track --to ann@example.org   宛先のメールに何が起きたかを表示\n"
    "  hikyaku explain \"550 5.7.1 ...\"      応答の意味、対処すべき人、対処法を表示"};

constexpr Words kFooter{
    "Exit codes: 0 done, 1 refused, 2 wrong command line, 3 wrong configuration, 4 failed for now\n"
    "(try again), 5 the check has findings. With --json the answer is on standard output, errors "
    "too.\n"
    "The language is that of --lang, HIKYAKU_LANG, LC_ALL, LC_MESSAGES or LANG: English or "
    "Japanese.\n"
    "Each command has its own --help.",
    "終了コード: 0 完了、1 拒否、2 コマンドラインの誤り、3 設定の誤り、4 一時的な失敗 "
    "(後で再実行)、\n"
    "5 検査で問題を発見。--json では、エラーも含めて結果を標準出力に JSON で出力します。\n"
    "言語 (日本語または英語) は --lang、HIKYAKU_LANG、LC_ALL、LC_MESSAGES、LANG の順で選びます。\n"
    "各コマンドの説明は --help で表示します。"};

/// --lang is looked for before all else: the help texts are made in its language.
void choose_language(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i)
    for (const std::string_view name : {"--lang", "--language"}) {
      const std::string_view word = words[i];
      if (word == name && i + 1 < words.size()) hikyaku::choose_language(language_of(words[i + 1]));
      if (word.starts_with(name) && word.substr(name.size()).starts_with('='))
        hikyaku::choose_language(language_of(word.substr(name.size() + 1)));
    }
}

std::string no_language(const std::string& value) {
  if (value == "en" || value == "ja") return {};
  return say(language(),
             Words{"\"{0}\" is not spoken; take en or ja",
                   "\"{0}\" は使えません。en か ja を指定してください"},
             value);
}

void add_common_options(CLI::App& command, Context& context) {
  const auto in = language();
  command
      .add_option(
          "--config", context.config_file,
          say(in, Words{"configuration file [$HIKYAKU_CONFIG, or "
                        "/etc/hikyaku/hikyaku.toml]",
                        "設定ファイル [$HIKYAKU_CONFIG、または /etc/hikyaku/hikyaku.toml]"}))
      ->type_name("FILE")
      ->group(kCommonGroup);
  command.add_flag("--json", context.json, say(in, Words{"answer as JSON", "結果を JSON で出力"}))
      ->group(kCommonGroup);
  command
      .add_option("--lang,--language", context.language,
                  say(in, Words{"en or ja [of the environment]", "en または ja [環境変数に従う]"}))
      ->type_name("LANG")
      ->check(no_language, "")
      ->group(kCommonGroup);
  command.set_help_flag("-h,--help", say(in, Words{"this help", "この説明を表示"}))
      ->group(kCommonGroup);
}

/// "hikyaku help account add" is "hikyaku account add --help".
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> out(argv + std::min(argc, 1), argv + argc);
  if (out.empty() || out.front() != "help") return out;
  out.erase(out.begin());
  out.emplace_back("--help");
  return out;
}

int read_and_run(CLI::App& app, Context& context, const Action& action,
                 std::vector<std::string> words) {
  if (words.empty()) {
    fmt::print(stderr, "{}", app.help());
    return kWrongCommandLine;
  }
  const bool json = std::ranges::find(words, "--json") != words.end();
  std::ranges::reverse(words);  // as CLI11 takes them
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    context.json = json;
    return complain(context, given_command(app), complaint_of(app, error));
  }
  return action ? action() : kWrongCommandLine;
}

/// An answer that nobody got is no success: the password in it, say, is shown once.
int tell_lost_answer(const Context& context) {
  Context in_text = context;
  in_text.json = false;  // standard output is what fails
  return report(in_text, error_of(Remedy::kRetryLater,
                                  Words{"the command was run, but its answer could not be written; "
                                        "is the disk behind standard output full?",
                                        "コマンドは実行しましたが、結果を出力できませんでした。"
                                        "出力先のディスクの空きを確認してください"}));
}

}  // namespace

CLI::App* add_command(CLI::App& parent, Context& context, const char* name, Words help) {
  auto* command = parent.add_subcommand(name, std::string(help.in(language())));
  add_common_options(*command, context);
  return command;
}

CLI::App* add_group(CLI::App& parent, Context& context, const char* name, Words help) {
  auto* group = add_command(parent, context, name, help);
  group->require_subcommand(1);
  return group;
}

int run(int argc, char** argv) {
  auto words = words_of(argc, argv);
  choose_language(words);
  const auto in = language();
  CLI::App app(std::string(kAbout.in(in)), "hikyaku");
  app.formatter(help_formatter());
  app.require_subcommand(1);
  Context context;
  Action action;
  add_common_options(app, context);
  app.set_version_flag("--version", "hikyaku " HIKYAKU_VERSION,
                       say(in, Words{"which release this is", "版を表示"}))
      ->group(kCommonGroup);
  add_server_commands(app, context, action);
  add_directory_commands(app, context, action);
  add_queue_commands(app, context, action);
  add_config_commands(app, context, action);
  add_explain_command(app, context, action);
  add_completion_command(app, context, action);
  app.footer(std::string(kFooter.in(in)));  // last: commands would take it over
  try {
    const int code = read_and_run(app, context, action, std::move(words));
    return std::fflush(stdout) == 0 ? code : tell_lost_answer(context);
  } catch (const std::system_error&) {  // of fmt::print
    return tell_lost_answer(context);
  }
}

}  // namespace hikyaku::cli
