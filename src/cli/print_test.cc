// SPDX-License-Identifier: Apache-2.0
// Goal: answers are printed whole, in columns, in the language of the reader, and nothing of a
// stranger's reaches the terminal as more than text.
#include "cli/print.h"

#include <gtest/gtest.h>

#include <set>

#include "cli/help.h"

namespace hikyaku::cli {
namespace {

// Whatever the environment of the tests says.
[[maybe_unused]] const bool kInEnglish = (choose_language(Language::kEnglish), true);

std::string printed(void (*print)(const app::Json&), const app::Json& answer) {
  ::testing::internal::CaptureStdout();
  print(answer);
  std::fflush(stdout);
  return ::testing::internal::GetCapturedStdout();
}

struct InJapanese {
  InJapanese() { choose_language(Language::kJapanese); }
  InJapanese(const InJapanese&) = delete;
  InJapanese& operator=(const InJapanese&) = delete;
  ~InJapanese() { choose_language(Language::kEnglish); }
};

const app::Json kItem{
    {"id", "0ABCDEFGH1234"},
    {"tracking", "0ABCDEFGH1235"},
    {"sender", "ann@example.org"},
    {"destination", "far.example"},
    {"size", 12'345},
    {"created", "2026-11-24T04:28:51.123Z"},
    {"due", "2026-11-24T04:33:51.123Z"},
    {"attempts", 2},
    {"recipients",
     {{{"address", "bob@far.example"}, {"state", "waiting"}, {"last_reply", "452 4.2.2 full"}}}}};

TEST(Print, AMessageThatWaits) {
  const auto text = printed(print_queue_item, kItem);
  EXPECT_EQ(text,
            "0ABCDEFGH1234  from <ann@example.org>  to far.example  12 kB\n"
            "  tracking 0ABCDEFGH1235, came 2026-11-24T04:28:51.123Z, 2 attempts, next "
            "2026-11-24T04:33:51.123Z\n"
            "  waiting    bob@far.example\n"
            "             452 4.2.2 full\n");
  const InJapanese japanese;
  EXPECT_NE(printed(print_queue_item, kItem).find("  待機中     bob@far.example\n"),
            std::string::npos);
}

TEST(Print, ExplanationsStandInColumns) {
  const auto found = explain::explain("452 4.2.2 full", Language::kEnglish);
  ASSERT_TRUE(found.has_value());
  for (const auto in : {Language::kEnglish, Language::kJapanese}) {
    const auto lines =
        wrapped(explanation_lines(*explain::explain("452 4.2.2 full", in), in, "  "), 10'000);
    ASSERT_GE(lines.size(), 3U);
    std::set<std::size_t> begins;
    for (std::size_t i = 0; i < 3; ++i)
      begins.insert(columns_of(lines[i].substr(0, lines[i].rfind("  "))));
    EXPECT_EQ(begins.size(), 1U) << lines[0];
  }
}

TEST(Print, EmptyListsSayHowToBegin) {
  EXPECT_NE(printed(print_domains, {{"domains", app::Json::array()}}).find("hikyaku domain add"),
            std::string::npos);
  EXPECT_NE(printed(print_accounts, {{"accounts", app::Json::array()}}).find("hikyaku account add"),
            std::string::npos);
  EXPECT_NE(printed(print_aliases, {{"aliases", app::Json::array()}}).find("hikyaku alias add"),
            std::string::npos);
  EXPECT_EQ(printed(print_queue, {{"waiting", 0}, {"items", app::Json::array()}}),
            "the queue is empty\n");
}

TEST(Print, SitesTellWhatIsKnownOfThem) {
  const app::Json answer{{"count", 1},
                         {"sites",
                          {{{"site", "mx.far.example"},
                            {"destinations", {"a.example", "b.example"}},
                            {"destination_count", 7},
                            {"state", "down"},
                            {"waiting", 12},
                            {"due", 3},
                            {"under_way", 0},
                            {"limit", 0},
                            {"connections", 0},
                            {"idle_connections", 0},
                            {"rests_until", "2026-01-01T00:00:00Z"},
                            {"last_error", "refused\x1b[2J"},
                            {"last_host", "mx.far.example"}}}}};
  EXPECT_EQ(printed(print_sites, answer),
            "mx.far.example\n"
            "  12 waiting, 3 of them due; 0 under way, at most 0; 0 connections, 0 idle\n"
            "  out of reach; tried again at 2026-01-01T00:00:00Z\n"
            "  last error: refused?[2J\n"
            "  for a.example, b.example and 5 more\n");
  EXPECT_NE(printed(print_sites, {{"count", 0}, {"sites", app::Json::array()}}).find("nothing"),
            std::string::npos);
}

TEST(Print, ControlCharactersOfStrangersAreShownAsNone) {
  auto item = kItem;
  item["sender"] = "a\x1b[2Jb@example.org";
  item["recipients"][0]["last_reply"] = "550 \x1b]0;x\x07 no\r\n";
  const app::Json story{
      {"tracking", "0ABCDEFGH1234"},
      {"from", "\x1b[31m"},
      {"to", {"\x7f"}},
      {"message_id", "<\x1b>"},
      {"events",
       {{{"time", "t"},
         {"event", "attempt"},
         {"facts", app::Json::array({app::Json::array({"reply", "\x1b[0m\n"})})}}}}};
  const app::Json account{
      {"address", "a@b.example"},
      {"name", "A\x1bnn"},
      {"octets", 1},
      {"mailboxes", {{{"name", "\x1b"}, {"messages", 1}, {"unseen", 0}, {"octets", 1}}}}};
  const app::Json findings{{"findings", {{{"what", "subject \"\x1b\""}, {"repair", "\x1b"}}}}};
  for (const auto& text : {printed(print_queue_item, item), printed(print_track, story),
                           printed(print_account, account), printed(print_check, findings)})
    for (const char c : text)
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << text;
}

}  // namespace
}  // namespace hikyaku::cli
