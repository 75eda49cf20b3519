// SPDX-License-Identifier: Apache-2.0
// hikyaku explain
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/language.h"
#include "explain/explain.h"

namespace hikyaku::cli {
namespace {

int run(const Context& context, const std::string& reply, const std::string& chosen) {
  const auto in = language(chosen);
  auto found = explain::look_up(reply, in);
  if (!found) found = explain::explain(reply, in);
  if (!found)
    return report(
        context,
        Error{Remedy::kPermanent,
              "that is no reply of a mail server; give it as the log or the returned mail shows "
              "it: hikyaku explain \"550 5.1.1 no such user\""});
  const bool japanese = in == explain::Language::kJapanese;
  if (context.json) {
    const app::Json json{{"key", found->key},
                         {"meaning", found->meaning},
                         {"who", explain::name_of(found->actor, in)},
                         {"remedy", found->remedy}};
    fmt::print("{}\n", json.dump(2));
    return kDone;
  }
  fmt::print("{}  {}\n{}  {}\n{}  {}\n", japanese ? "意味    " : "meaning", found->meaning,
             japanese ? "対応する人" : "who acts", explain::name_of(found->actor, in),
             japanese ? "対処    " : "remedy ", found->remedy);
  return kDone;
}

}  // namespace

void add_explain_command(CLI::App& app, Context& context, Action& action) {
  auto* command = add_command(app, context, "explain",
                              "what a reply of a mail server means, who must act, and what to do");
  auto words = std::make_shared<std::vector<std::string>>();
  auto chosen = std::make_shared<std::string>();
  command->add_option("reply", *words, "the reply, or a reason id like HK-RELAY-DENIED")
      ->required();
  command->add_option("--language", *chosen, "en or ja [of the environment]");
  command->callback([&context, &action, words, chosen] {
    action = [&context, words, chosen] {
      return run(context, fmt::format("{}", fmt::join(*words, " ")), *chosen);
    };
  });
}

}  // namespace hikyaku::cli
