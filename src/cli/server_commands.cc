// SPDX-License-Identifier: Apache-2.0
// hikyaku serve, demo, quickstart
#include <fmt/format.h>

#include <memory>

#include "app/demo.h"
#include "app/quickstart.h"
#include "app/serve.h"
#include "cli/arguments.h"
#include "cli/commands.h"

namespace hikyaku::cli {
namespace {

int serve(const Context& context) {
  const auto config = read_config(context);
  if (!config) {
    report(context, config.error());
    return kBadConfiguration;
  }
  app::ServeOptions options;
  options.config_file = config_path(context);
  options.ready = [file = options.config_file] {
    if (!file.empty()) app::note_demo_pid(file);
  };
  const auto served = app::serve(*config, std::move(options));
  return served ? static_cast<int>(kDone) : report(context, served.error());
}

int demo(const Context& context, const std::string& dir, std::uint16_t port_base) {
  const auto made = app::make_demo(dir, port_base);
  if (!made) return report(context, made.error());
  if (context.json) {
    fmt::print("{}\n", app::Json{{"config", dir + "/hikyaku.toml"}}.dump(
                           2, ' ', false, app::Json::error_handler_t::replace));
  } else {
    fmt::print("{}\n",
               say(language(),
                   Words{"demo site in {0}; serve it: hikyaku serve --config {0}/hikyaku.toml",
                         "見本を {0} に作りました。起動: hikyaku serve --config {0}/hikyaku.toml"},
                   dir));
  }
  return kDone;
}

}  // namespace

void add_server_commands(CLI::App& app, Context& context, Action& action) {
  auto* quickstart =
      add_command(app, context, "quickstart",
                  {"set up this machine for your mail, and say what to publish in DNS",
                   "このマシンをメールサーバーとして設定し、公開する DNS レコードを表示"});
  auto options = std::make_shared<app::QuickstartOptions>();
  text_into(quickstart, options->address, "ADDRESS",
            {"your address: you@example.org", "あなたのアドレス: you@example.org"})
      ->required();
  text_into(quickstart, options->data, "--data DIR",
            {"folder for everything; the configuration and the unit are then put there too "
             "[/var/lib/hikyaku, /etc/hikyaku/hikyaku.toml, /etc/systemd/system]",
             "すべてを置くフォルダー。設定ファイルとユニットもそこに置きます "
             "[/var/lib/hikyaku、/etc/hikyaku/hikyaku.toml、/etc/systemd/system]"});
  text_into(quickstart, options->hostname, "--hostname NAME",
            {"this server's name [mail.DOMAIN]", "このサーバーの名前 [mail.ドメイン]"});
  show_examples(quickstart,
                "sudo hikyaku quickstart you@example.org\n"
                "sudo hikyaku quickstart you@example.org --hostname mx1.example.org\n"
                "hikyaku quickstart you@example.org --data ~/mail");
  quickstart->callback([&context, &action, options] {
    action = [&context, options] {
      options->output = context.json ? app::QuickstartOptions::Output::kJson
                                     : app::QuickstartOptions::Output::kText;
      const auto done = app::quickstart(*options);
      return done ? static_cast<int>(kDone) : report(context, done.error());
    };
  });

  add_command(
      app, context, "serve",
      {"run the server in the foreground, until SIGTERM or Ctrl-C; SIGHUP reads certificates "
       "again",
       "フォアグラウンドで実行。SIGTERM か Ctrl-C で停止、SIGHUP で証明書を更新"})
      ->callback([&context, &action] { action = [&context] { return serve(context); }; });

  auto* demo_command = add_command(
      app, context, "demo",
      {"make a site to play with, on loopback ports", "ループバックのポートで試せる見本を作成"});
  auto dir = std::make_shared<std::string>("var/demo");
  const auto arguments = no_arguments();
  text_into(demo_command, *dir, "--dir DIR", {"where [var/demo]", "場所 [var/demo]"});
  number(demo_command, arguments, "--port-base N", "port_base", 0, 64000,
         {"SMTP on N+525, IMAPS on N+993 and so on [2000]",
          "SMTP は N+525、IMAPS は N+993 など [2000]"});
  show_examples(demo_command, "hikyaku demo --dir /tmp/demo --port-base 10000");
  demo_command->callback([&context, &action, dir, arguments] {
    action = [&context, dir, arguments] {
      return demo(context, *dir, arguments->value("port_base", std::uint16_t{2000}));
    };
  });
}

}  // namespace hikyaku::cli
