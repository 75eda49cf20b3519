// SPDX-License-Identifier: Apache-2.0
// hikyaku serve, demo, quickstart
#include <fmt/format.h>

#include <memory>

#include "app/demo.h"
#include "app/quickstart.h"
#include "app/serve.h"
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
  options.config_file = context.config_file;
  options.ready = [file = context.config_file] {
    if (!file.empty()) app::note_demo_pid(file);
  };
  const auto served = app::serve(*config, std::move(options));
  return served ? static_cast<int>(kDone) : report(context, served.error());
}

int demo(const Context& context, const std::string& dir, std::uint16_t port_base) {
  const auto made = app::make_demo(dir, port_base);
  if (!made) return report(context, made.error());
  if (!context.json)
    fmt::print("demo site in {}; serve it: hikyaku serve --config {}/hikyaku.toml\n", dir, dir);
  return kDone;
}

}  // namespace

void add_server_commands(CLI::App& app, Context& context, Action& action) {
  auto* quickstart =
      add_command(app, context, "quickstart",
                  "set up this machine for your mail, and say what to publish in DNS");
  auto options = std::make_shared<app::QuickstartOptions>();
  quickstart->add_option("address", options->address, "your address: you@example.org")->required();
  quickstart->add_option(
      "--data", options->data,
      "folder for everything; the configuration and the unit are then put there too "
      "[/var/lib/hikyaku, /etc/hikyaku/hikyaku.toml, /etc/systemd/system]");
  quickstart->add_option("--hostname", options->hostname, "this server's name [mail.DOMAIN]");
  quickstart->callback([&context, &action, options] {
    action = [&context, options] {
      options->output = context.json ? app::QuickstartOptions::Output::kJson
                                     : app::QuickstartOptions::Output::kText;
      const auto done = app::quickstart(*options);
      return done ? static_cast<int>(kDone) : report(context, done.error());
    };
  });

  add_command(app, context, "serve", "run the server in the foreground, until SIGTERM or Ctrl-C")
      ->callback([&context, &action] { action = [&context] { return serve(context); }; });

  auto* demo_command =
      add_command(app, context, "demo", "make a site to play with, on loopback ports");
  auto dir = std::make_shared<std::string>("var/demo");
  auto port_base = std::make_shared<std::uint16_t>(std::uint16_t{2000});
  demo_command->add_option("--dir", *dir, "where [var/demo]");
  demo_command
      ->add_option("--port-base", *port_base, "SMTP on N+525, IMAPS on N+993 and so on [2000]")
      ->check(CLI::Range(0, 64000));
  demo_command->callback([&context, &action, dir, port_base] {
    action = [&context, dir, port_base] { return demo(context, *dir, *port_base); };
  });
}

}  // namespace hikyaku::cli
