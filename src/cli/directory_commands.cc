// SPDX-License-Identifier: Apache-2.0
// hikyaku domain, account, alias
#include <memory>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/print.h"

namespace hikyaku::cli {
namespace {

constexpr Words kTheDomain{"the domain", "ドメイン"};
constexpr Words kTheAccount{"the account", "アカウント"};
constexpr Words kTheAlias{"the alias", "別名"};
constexpr Words kOnlyOfDomain{"only of this domain", "このドメインのものだけ"};

void add_domain_catch_all(CLI::App& domain, Context& context, Action& action) {
  auto* catch_all = add_command(
      domain, context, "catch-all",
      {"who takes what nobody else has", "どこにもない宛先のメールを受け取るアドレスを指定"});
  const auto arguments = no_arguments();
  text(catch_all, arguments, "DOMAIN", "domain", kTheDomain)->required();
  text(catch_all, arguments, "ADDRESS", "address",
       {"an address; leave it out for nobody", "アドレス。省略すると誰も受け取りません"});
  show_examples(catch_all,
                "hikyaku domain catch-all example.org ann@example.org\n"
                "hikyaku domain catch-all example.org");
  run_as(catch_all, context, action, "domain catch-all", arguments, print_domain);
}

void add_domain(CLI::App& app, Context& context, Action& action) {
  auto* domain =
      add_group(app, context, "domain", {"domains whose mail is ours", "メールを受け取るドメイン"});
  auto* add = add_command(*domain, context, "add",
                          {"take mail for a domain", "ドメイン宛てのメールを受け取る"});
  auto arguments = no_arguments();
  text(add, arguments, "DOMAIN", "domain", {"for example: example.org", "例: example.org"})
      ->required();
  text(add, arguments, "--catch-all ADDRESS", "catch_all",
       {"address that takes what nobody else has", "どこにもない宛先のメールを受け取るアドレス"});
  show_examples(add, "hikyaku domain add example.org");
  run_as(add, context, action, "domain add", arguments, print_domain);
  auto* list = add_command(*domain, context, "list", {"all domains", "すべてのドメイン"});
  run_as(list, context, action, "domain list", no_arguments(), print_domains);
  auto* show_one = add_command(
      *domain, context, "show",
      {"one domain, and how much is in it", "ドメインと、その中のアカウントと別名の数"});
  arguments = no_arguments();
  text(show_one, arguments, "DOMAIN", "domain", kTheDomain)->required();
  run_as(show_one, context, action, "domain show", arguments, print_domain);
  auto* remove = add_command(
      *domain, context, "remove",
      {"no longer take mail for it; only when it is empty", "ドメインを削除 (空の場合のみ)"});
  arguments = no_arguments();
  text(remove, arguments, "DOMAIN", "domain", kTheDomain)->required();
  run_as(remove, context, action, "domain remove", arguments, print_removed);
  add_domain_catch_all(*domain, context, action);
}

/// A command that may read a password from standard input.
void on_password(CLI::App* command, Context& context, Action& action, std::string name,
                 const Arguments& arguments) {
  auto from_input = std::make_shared<bool>(false);
  command->add_flag("--password-stdin", *from_input,
                    say(language(), Words{"read the password from standard input instead of making "
                                          "one",
                                          "パスワードを生成せず、標準入力から読む"}));
  command->callback([&context, &action, name = std::move(name), arguments, from_input] {
    action = [&context, name, arguments, from_input] {
      if (*from_input) {
        const auto password = read_password();
        if (!password) return report(context, password.error());
        (*arguments)["password"] = *password;
      }
      return run_command(context, name, *arguments, print_account);
    };
  });
}

void add_account_with_password(CLI::App& account, Context& context, Action& action) {
  auto* add = add_command(account, context, "add",
                          {"add a person; a password is made and shown once, unless one is given",
                           "利用者を追加。パスワードを指定しなければ生成し、一度だけ表示します"});
  auto arguments = no_arguments();
  text(add, arguments, "ADDRESS", "address",
       {"for example: ann@example.org", "例: ann@example.org"})
      ->required();
  text(add, arguments, "--name NAME", "name", {"the person's name", "利用者の名前"});
  show_examples(add,
                "hikyaku account add ann@example.org --name \"Ann Example\"\n"
                "hikyaku account add ann@example.org --password-stdin < password-file");
  on_password(add, context, action, "account add", arguments);
  auto* password = add_command(account, context, "password",
                               {"give a new password; the old one ends at once",
                                "新しいパスワードを設定。古いものはすぐに使えなくなります"});
  arguments = no_arguments();
  text(password, arguments, "ADDRESS", "address", kTheAccount)->required();
  show_examples(password,
                "hikyaku account password ann@example.org\n"
                "hikyaku account password ann@example.org --password-stdin");
  on_password(password, context, action, "account password", arguments);
}

void add_account(CLI::App& app, Context& context, Action& action) {
  auto* account = add_group(
      app, context, "account",
      {"people who have mailboxes and may log in", "メールボックスを持ち、ログインできる利用者"});
  add_account_with_password(*account, context, action);
  auto* list = add_command(
      *account, context, "list",
      {"all accounts, or those of a domain", "すべてのアカウント、またはドメインのアカウント"});
  auto arguments = no_arguments();
  text(list, arguments, "DOMAIN", "domain", kOnlyOfDomain);
  run_as(list, context, action, "account list", arguments, print_accounts);
  auto* show_one =
      add_command(*account, context, "show",
                  {"one account with its mailboxes", "アカウントとそのメールボックス"});
  arguments = no_arguments();
  text(show_one, arguments, "ADDRESS", "address", kTheAccount)->required();
  run_as(show_one, context, action, "account show", arguments, print_account);
  auto* remove = add_command(*account, context, "remove",
                             {"remove a person AND ALL THEIR MAIL, without asking",
                              "利用者と「そのメールすべて」を確認なしで削除"});
  arguments = no_arguments();
  text(remove, arguments, "ADDRESS", "address", kTheAccount)->required();
  run_as(remove, context, action, "account remove", arguments, print_removed);
}

void add_alias(CLI::App& app, Context& context, Action& action) {
  auto* alias =
      add_group(app, context, "alias", {"addresses that lead to others", "他のアドレスへ届く別名"});
  auto* add = add_command(
      *alias, context, "add",
      {"let an address lead to one or more others", "一つ以上のアドレスへ届く別名を追加"});
  auto arguments = no_arguments();
  text(add, arguments, "ADDRESS", "address",
       {"for example: info@example.org", "例: info@example.org"})
      ->required();
  texts(add, arguments, "targets TARGET", "targets",
        {"addresses, ours or elsewhere", "宛先アドレス (他のサーバーのものも可)"})
      ->required();
  show_examples(add,
                "hikyaku alias add info@example.org ann@example.org\n"
                "hikyaku alias add team@example.org ann@example.org bob@elsewhere.example");
  run_as(add, context, action, "alias add", arguments, print_alias);
  auto* list =
      add_command(*alias, context, "list",
                  {"all aliases, or those of a domain", "すべての別名、またはドメインの別名"});
  arguments = no_arguments();
  text(list, arguments, "DOMAIN", "domain", kOnlyOfDomain);
  run_as(list, context, action, "alias list", arguments, print_aliases);
  auto* show_one =
      add_command(*alias, context, "show", {"where an alias leads", "別名の宛先を表示"});
  arguments = no_arguments();
  text(show_one, arguments, "ADDRESS", "address", kTheAlias)->required();
  run_as(show_one, context, action, "alias show", arguments, print_alias);
  auto* remove = add_command(*alias, context, "remove", {"remove an alias", "別名を削除"});
  arguments = no_arguments();
  text(remove, arguments, "ADDRESS", "address", kTheAlias)->required();
  run_as(remove, context, action, "alias remove", arguments, print_removed);
}

}  // namespace

void add_directory_commands(CLI::App& app, Context& context, Action& action) {
  add_domain(app, context, action);
  add_account(app, context, action);
  add_alias(app, context, action);
}

}  // namespace hikyaku::cli
