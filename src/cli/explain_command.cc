// SPDX-License-Identifier: Apache-2.0
// hikyaku explain
#include <fmt/format.h>

#include <memory>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "explain/explain.h"

namespace hikyaku::cli {
namespace {

int run(const Context& context, const std::string& reply) {
  const auto in = language();
  auto found = explain::look_up(reply, in);
  if (!found) found = explain::explain(reply, in);
  if (!found)
    return report(
        context,
        error_of(Remedy::kPermanent,
                 Words{"that is no reply of a mail server; give it as the log or the returned mail "
                       "shows it: hikyaku explain \"550 5.1.1 no such user\"",
                       "メールサーバーの応答ではありません。ログや返送メールにある通りに指定して"
                       "ください: hikyaku explain \"550 5.1.1 no such user\""}));
  if (context.json) {
    const app::Json json{{"key", found->key},
                         {"meaning", found->meaning},
                         {"who", explain::name_of(found->actor, in)},
                         {"remedy", found->remedy}};
    fmt::print("{}\n", json.dump(2));
    return kDone;
  }
  fmt::print("{}", explanation_lines(*found, in, ""));
  return kDone;
}

}  // namespace

void add_explain_command(CLI::App& app, Context& context, Action& action) {
  auto* command = add_command(app, context, "explain",
                              {"what a reply of a mail server means, who must act, and what to do",
                               "メールサーバーの応答の意味、対処すべき人、対処法"});
  auto words = std::make_shared<std::vector<std::string>>();
  command
      ->add_option("reply", *words,
                   say(language(), Words{"the reply, or a reason id like HK-RELAY-DENIED",
                                         "応答、または HK-RELAY-DENIED のような理由 ID"}))
      ->type_name("REPLY")
      ->required();
  show_examples(command,
                "hikyaku explain \"550 5.7.25 no PTR record\"\n"
                "hikyaku explain HK-RELAY-DENIED\n"
                "hikyaku explain 4.2.2 --lang ja");
  command->callback([&context, &action, words] {
    action = [&context, words] { return run(context, fmt::format("{}", fmt::join(*words, " "))); };
  });
}

}  // namespace hikyaku::cli
