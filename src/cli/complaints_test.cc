// SPDX-License-Identifier: Apache-2.0
// Goal: what is wrong with a command line is said with what would be right; spellings of arguments
// and options are read as they are told.
#include "cli/complaints.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/arguments.h"
#include "cli/help.h"

namespace hikyaku::cli {
namespace {

// Whatever the environment of the tests says.
[[maybe_unused]] const bool kInEnglish = (choose_language(Language::kEnglish), true);

/// A small program: "box add NAME [--limit N]", "box list".
struct Program {
  CLI::App app{"about", "hikyaku"};
  Context context;
  Arguments arguments = no_arguments();

  Program() {
    app.require_subcommand(1);
    auto* box = app.add_subcommand("box", "boxes");
    box->require_subcommand(1);
    auto* add = box->add_subcommand("add", "add one");
    text(add, arguments, "NAME", "name", {"its name", "名前"})->required();
    number(add, arguments, "--limit N", "limit", 1, 9, {"how many", "個数"});
    box->add_subcommand("list", "all");
  }
  /// The complaint, or "" when there is none.
  std::string complaint(std::vector<std::string> words) {
    std::ranges::reverse(words);
    try {
      app.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
      return complaint_of(app, error).text;
    }
    return {};
  }
};

TEST(Complaints, SayWhatIsWrongAndWhatWouldBeRight) {
  struct Case {
    std::vector<std::string> words;
    const char* text;
  };
  for (const auto& c : std::vector<Case>{
           {{"box", "add", "x", "--limit", "3"}, ""},
           {{"bxo"}, "there is no command \"bxo\"; did you mean \"box\"?"},
           {{"zzzzzz"}, "there is no command \"zzzzzz\"; there are: box"},
           {{"box"}, "say what is to be done; there are: add, list"},
           {{"box", "lits"}, "there is no command \"box lits\"; did you mean \"box list\"?"},
           {{"box", "add"}, "NAME is missing"},
           {{"box", "add", "--limit", "3"}, "NAME is missing"},
           {{"box", "add", "x", "--limt", "3"},
            "there is no option --limt here; did you mean --limit?"},
           {{"box", "add", "x", "--quick=yes"},
            "there is no option --quick here; before a name that begins with - write --"},
           {{"box", "add", "x", "--limit"}, "--limit needs a value after it"},
           {{"box", "add", "x", "--limit", "0"}, "--limit: \"0\" is no number from 1 to 9"},
           {{"box", "add", "x", "--limit", "-1"}, "--limit: \"-1\" is no number from 1 to 9"},
           {{"box", "add", "x", "--limit", "3x"}, "--limit: \"3x\" is no number from 1 to 9"},
           {{"box", "add", "x", "--limit", "99999999999999999999"},
            "--limit: \"99999999999999999999\" is no number from 1 to 9"}})
    EXPECT_EQ(Program().complaint(c.words), c.text) << c.words.back();
  EXPECT_TRUE(Program().complaint({"box", "add", "x", "y"}).starts_with("\"y\" is too much here"));
}

TEST(Complaints, AreAboutTheCommandThatWasGiven) {
  Program program;
  (void)program.complaint({"box", "add"});
  EXPECT_EQ(path_of(given_command(program.app)), "box add");
}

TEST(Arguments, GoIntoTheJsonAsTheyAre) {
  Program program;
  EXPECT_EQ(program.complaint({"box", "add", "飛脚", "--limit", "9"}), "");
  EXPECT_EQ(*program.arguments, (app::Json{{"name", "飛脚"}, {"limit", 9}}));
}

TEST(Arguments, AreSpelledAsTheyAreTold) {
  const auto option = read_spelling("--sender ADDRESS");
  EXPECT_EQ(option.names, "--sender");
  EXPECT_EQ(option.label, "ADDRESS");
  const auto place = read_spelling("ADDRESS");
  EXPECT_EQ(place.names, "address");
  EXPECT_EQ(place.label, "ADDRESS");
}

}  // namespace
}  // namespace hikyaku::cli
