// SPDX-License-Identifier: Apache-2.0
// hikyaku queue, track, store
#include "cli/arguments.h"
#include "cli/print.h"

namespace hikyaku::cli {
namespace {

void add_filter(CLI::App* command, const Arguments& arguments) {
  text(command, arguments, "--sender", "sender", "only from this address or @domain");
  text(command, arguments, "--recipient", "recipient", "only to this address or @domain");
  text(command, arguments, "--destination", "destination", "only to this domain");
  command->add_option_function<std::uint64_t>(
      "--limit", [arguments](const std::uint64_t& n) { (*arguments)["limit"] = n; },
      "at most so many");
}

void add_queue(CLI::App& app, Context& context, Action& action) {
  auto* queue = app.add_subcommand("queue", "mail that waits to be delivered elsewhere");
  queue->require_subcommand(1);
  auto* list = add_command(*queue, context, "list", "what waits, and why");
  auto arguments = no_arguments();
  add_filter(list, arguments);
  run_as(list, context, action, "queue list", arguments, print_queue);
  auto* show_one = add_command(*queue, context, "show",
                               "one message with its recipients, and what their last replies mean");
  arguments = no_arguments();
  text(show_one, arguments, "id", "id", "queue id, as the list shows it")->required();
  run_as(show_one, context, action, "queue show", arguments, print_queue_item_explained);
  auto* retry =
      add_command(*queue, context, "retry", "try again now: one, those that fit, or --all");
  arguments = no_arguments();
  text(retry, arguments, "id", "id", "queue id");
  add_filter(retry, arguments);
  retry->add_flag_callback(
      "--all", [arguments] { (*arguments)["all"] = true; }, "everything that waits");
  run_as(retry, context, action, "queue retry", arguments, print_retried);
  auto* remove = add_command(*queue, context, "remove",
                             "drop a message without delivering it; its sender is not told");
  arguments = no_arguments();
  text(remove, arguments, "id", "id", "queue id")->required();
  run_as(remove, context, action, "queue remove", arguments, print_queue_item);
}

void add_track(CLI::App& app, Context& context, Action& action) {
  auto* track = add_command(
      app, context, "track",
      "the whole way of a message: by its tracking number, or find it by --from and --to");
  auto arguments = no_arguments();
  text(track, arguments, "number", "number",
       "tracking number, as the 250 reply and the Received field show it");
  text(track, arguments, "--from", "from", "sender's address or @domain");
  text(track, arguments, "--to", "to", "recipient's address or @domain");
  track->add_option_function<std::uint64_t>(
      "--limit", [arguments](const std::uint64_t& n) { (*arguments)["limit"] = n; },
      "at most so many");
  run_as(track, context, action, "track", arguments, print_track);
}

void add_store(CLI::App& app, Context& context, Action& action) {
  auto* store = app.add_subcommand("store", "the data folder");
  store->require_subcommand(1);
  auto* check =
      add_command(*store, context, "check",
                  "verify that everything that refers to something finds it, and counts agree");
  check->callback([&context, &action] {
    action = [&context] {
      const auto answer = ask(context, "store check", app::Json::object());
      const int code = show(context, answer, print_check);
      return code == kDone && !(*answer)["findings"].empty() ? static_cast<int>(kFindings) : code;
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
