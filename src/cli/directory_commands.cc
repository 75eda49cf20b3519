// SPDX-License-Identifier: Apache-2.0
// hikyaku domain, account, alias
#include <memory>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/print.h"

namespace hikyaku::cli {
namespace {

void add_domain(CLI::App& app, Context& context, Action& action) {
  auto* domain = app.add_subcommand("domain", "domains whose mail is ours");
  domain->require_subcommand(1);
  auto* add = add_command(*domain, context, "add", "take mail for a domain");
  auto arguments = no_arguments();
  text(add, arguments, "domain", "domain", "for example: example.org")->required();
  text(add, arguments, "--catch-all", "catch_all", "address that takes what nobody else has");
  run_as(add, context, action, "domain add", arguments, print_domain);
  auto* list = add_command(*domain, context, "list", "all domains");
  run_as(list, context, action, "domain list", no_arguments(), print_domains);
  auto* show_one = add_command(*domain, context, "show", "one domain, and how much is in it");
  arguments = no_arguments();
  text(show_one, arguments, "domain", "domain", "the domain")->required();
  run_as(show_one, context, action, "domain show", arguments, print_domain);
  auto* remove =
      add_command(*domain, context, "remove", "no longer take mail for it; only when it is empty");
  arguments = no_arguments();
  text(remove, arguments, "domain", "domain", "the domain")->required();
  run_as(remove, context, action, "domain remove", arguments, print_removed);
  auto* catch_all = add_command(*domain, context, "catch-all", "who takes what nobody else has");
  arguments = no_arguments();
  text(catch_all, arguments, "domain", "domain", "the domain")->required();
  text(catch_all, arguments, "address", "address", "an address; leave it out for nobody");
  run_as(catch_all, context, action, "domain catch-all", arguments, print_domain);
}

/// A command that may read a password from standard input.
void on_password(CLI::App* command, Context& context, Action& action, std::string name,
                 const Arguments& arguments) {
  auto from_input = std::make_shared<bool>(false);
  command->add_flag("--password-stdin", *from_input,
                    "read the password from standard input instead of making one");
  command->callback([&context, &action, name = std::move(name), arguments, from_input] {
    action = [&context, name, arguments, from_input] {
      if (*from_input) {
        const auto password = read_password();
        if (!password) return report(context, password.error());
        (*arguments)["password"] = *password;
      }
      return show(context, ask(context, name, *arguments), print_account);
    };
  });
}

void add_account(CLI::App& app, Context& context, Action& action) {
  auto* account = app.add_subcommand("account", "people who have mailboxes and may log in");
  account->require_subcommand(1);
  auto* add = add_command(*account, context, "add",
                          "add a person; a password is made and shown once, unless one is given");
  auto arguments = no_arguments();
  text(add, arguments, "address", "address", "for example: ann@example.org")->required();
  text(add, arguments, "--name", "name", "the person's name");
  on_password(add, context, action, "account add", arguments);
  auto* list = add_command(*account, context, "list", "all accounts, or those of a domain");
  arguments = no_arguments();
  text(list, arguments, "domain", "domain", "only of this domain");
  run_as(list, context, action, "account list", arguments, print_accounts);
  auto* show_one = add_command(*account, context, "show", "one account with its mailboxes");
  arguments = no_arguments();
  text(show_one, arguments, "address", "address", "the account")->required();
  run_as(show_one, context, action, "account show", arguments, print_account);
  auto* remove = add_command(*account, context, "remove", "remove a person AND ALL THEIR MAIL");
  arguments = no_arguments();
  text(remove, arguments, "address", "address", "the account")->required();
  run_as(remove, context, action, "account remove", arguments, print_removed);
  auto* password = add_command(*account, context, "password", "give a new password");
  arguments = no_arguments();
  text(password, arguments, "address", "address", "the account")->required();
  on_password(password, context, action, "account password", arguments);
}

void add_alias(CLI::App& app, Context& context, Action& action) {
  auto* alias = app.add_subcommand("alias", "addresses that lead to others");
  alias->require_subcommand(1);
  auto* add = add_command(*alias, context, "add", "let an address lead to one or more others");
  auto arguments = no_arguments();
  text(add, arguments, "address", "address", "for example: info@example.org")->required();
  add->add_option_function<std::vector<std::string>>(
         "targets",
         [arguments](const std::vector<std::string>& targets) {
           (*arguments)["targets"] = targets;
         },
         "addresses, ours or elsewhere")
      ->required();
  run_as(add, context, action, "alias add", arguments, print_alias);
  auto* list = add_command(*alias, context, "list", "all aliases, or those of a domain");
  arguments = no_arguments();
  text(list, arguments, "domain", "domain", "only of this domain");
  run_as(list, context, action, "alias list", arguments, print_aliases);
  auto* show_one = add_command(*alias, context, "show", "where an alias leads");
  arguments = no_arguments();
  text(show_one, arguments, "address", "address", "the alias")->required();
  run_as(show_one, context, action, "alias show", arguments, print_alias);
  auto* remove = add_command(*alias, context, "remove", "remove an alias");
  arguments = no_arguments();
  text(remove, arguments, "address", "address", "the alias")->required();
  run_as(remove, context, action, "alias remove", arguments, print_removed);
}

}  // namespace

void add_directory_commands(CLI::App& app, Context& context, Action& action) {
  add_domain(app, context, action);
  add_account(app, context, action);
  add_alias(app, context, action);
}

}  // namespace hikyaku::cli
