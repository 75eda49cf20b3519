// SPDX-License-Identifier: Apache-2.0
#include "cli/context.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "app/admin.h"
#include "app/config_file.h"
#include "app/control_client.h"
#include "app/rights.h"
#include "app/site.h"
#include "base/event.h"
#include "base/task_scope.h"
#include "base/words.h"
#include "config/read.h"

namespace hikyaku::cli {
namespace {

void show_progress(const Told& text) { fmt::print(stderr, "{}\n", text.in(language())); }

/// On the store itself, while no server has it.
Result<app::Json> run_here(const config::Config& config, const std::string& command,
                           app::Json arguments) {
  // The files stay the server's user's, also when root runs this.
  HK_TRY(app::become_user(config.server.user, config.server.data, app::UserRequired::kNo));
  HK_ASSIGN(const auto site, app::open_site(config));
  auto ports = site->admin_ports();
  ports.progress = show_progress;
  auto whole = [](app::AdminPorts* p, app::Site* s, std::string name,
                  app::Json args) -> Task<Result<app::Json>> {
    auto result = co_await app::run_admin(p, std::move(name), std::move(args));
    const auto flushed = co_await s->store->flush();
    if (result && !flushed) co_return std::unexpected(flushed.error());
    co_return result;
  };
  return run_sync(whole(&ports, site.get(), command, std::move(arguments)));
}

/// By the server if one runs.
Result<app::Json> ask(const config::Config& config, const std::string& command,
                      app::Json arguments) {
  HK_ASSIGN(auto client, app::ControlClient::connect(config.control.socket));
  if (!client) return run_here(config, command, std::move(arguments));
  return client->run(command, arguments, show_progress);
}

}  // namespace

std::string config_path(const Context& context) {
  if (!context.config_file.empty()) return context.config_file;
  if (const char* named = std::getenv("HIKYAKU_CONFIG"); named != nullptr && *named != '\0')
    return named;
  std::error_code error;
  return std::filesystem::exists(kUsualConfigFile, error) ? kUsualConfigFile : "";
}

Result<config::Config> read_config(const Context& context) {
  const auto path = config_path(context);
  if (!path.empty()) return app::load_config(path);
  auto defaults = config::read("", "/");
  if (!defaults) return permanent("the built-in configuration does not read; this is a defect");
  return *std::move(defaults);
}

int report(const Context& context, const Error& error) {
  const bool later = error.remedy == Remedy::kRetryLater;
  if (context.json) {
    const app::Json json{
        {"error",
         {{"text", text_of(error, language())}, {"remedy", later ? "retry later" : "permanent"}}}};
    fmt::print("{}\n", json.dump(2, ' ', false, app::Json::error_handler_t::replace));
  } else {
    fmt::print(stderr, "hikyaku: {}\n", text_of(error, language()));
  }
  if (error.cause == Cause::kConfiguration) return kBadConfiguration;
  return later ? kFailedForNow : kRefused;
}

int run_command(const Context& context, const std::string& command, app::Json arguments,
                Print print, Code code) {
  const auto config = read_config(context);
  if (!config) {
    report(context, config.error());
    return kBadConfiguration;
  }
  auto answer = ask(*config, command, std::move(arguments));
  if (!answer) return report(context, answer.error());
  app::choose_language(*answer, language());
  if (context.json) {
    fmt::print("{}\n", answer->dump(2, ' ', false, app::Json::error_handler_t::replace));
  } else {
    print(*answer);
  }
  return code != nullptr ? code(*answer) : kDone;
}

Result<std::string> read_password() {
  termios before{};
  const bool terminal = ::isatty(STDIN_FILENO) != 0 && ::tcgetattr(STDIN_FILENO, &before) == 0;
  if (terminal) {
    fmt::print(stderr, "{}", say(language(), Words{"New password: ", "新しいパスワード: "}));
    auto quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  std::string line;
  const bool read = static_cast<bool>(std::getline(std::cin, line));
  if (terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fmt::print(stderr, "\n");
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (!read || line.empty())
    return permanent(Words{"no password came on standard input; give it as one line",
                           "標準入力にパスワードがありません。一行で入力してください"});
  return line;
}

}  // namespace hikyaku::cli
