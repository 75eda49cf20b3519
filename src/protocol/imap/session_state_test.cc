// SPDX-License-Identifier: Apache-2.0
// Goal: what a session may do follows from its state and its encryption; ENABLE does what it says.
#include "protocol/imap/session_state.h"

#include <gtest/gtest.h>

namespace hikyaku::imap {
namespace {

using Offer = SessionState::StartTlsOffer;

bool has_word(const std::string& list, const std::string& word) {
  return (" " + list + " ").find(" " + word + " ") != std::string::npos;
}

// RFC 9051 §6.2.1, §6.2.3.
TEST(SessionState, CapabilitiesByEncryption) {
  SessionState state(ChannelSecurity::kPlain, Offer::kYes);
  const std::string_view plain[] = {"PLAIN"};
  std::string list = state.capabilities({});
  EXPECT_TRUE(has_word(list, "STARTTLS"));
  EXPECT_TRUE(has_word(list, "LOGINDISABLED"));
  EXPECT_EQ(list.find("AUTH="), list.npos);
  EXPECT_FALSE(state.may_send_password());
  state.tls_started();
  list = state.capabilities(plain);
  EXPECT_FALSE(has_word(list, "STARTTLS"));
  EXPECT_FALSE(has_word(list, "LOGINDISABLED"));
  EXPECT_TRUE(has_word(list, "AUTH=PLAIN"));
  EXPECT_TRUE(state.may_send_password());
  state.authenticated();
  list = state.capabilities(plain);
  EXPECT_EQ(list.find("AUTH="), list.npos);
  for (const char* word : {"IMAP4rev1", "UIDPLUS", "MOVE", "SPECIAL-USE", "CONDSTORE", "IDLE"})
    EXPECT_TRUE(has_word(list, word)) << word;
  // RFC 7888 §4: not both.
  EXPECT_NE(has_word(list, "LITERAL+"), has_word(list, "LITERAL-"));
  EXPECT_FALSE(
      has_word(SessionState(ChannelSecurity::kPlain, Offer::kNo).capabilities({}), "STARTTLS"));
}

TEST(SessionState, Enables) {
  SessionState state(ChannelSecurity::kEncrypted, Offer::kNo);
  EXPECT_EQ(state.name_encoding(), NameEncoding::kUtf7);
  const std::vector<std::string> names{"CONDSTORE", "X-GOOD-IDEA", "IMAP4REV2", "CONDSTORE"};
  EXPECT_EQ(state.enable(names), (std::vector<std::string_view>{"CONDSTORE", "IMAP4rev2"}));
  EXPECT_TRUE(state.has(Feature::kCondStore));
  EXPECT_EQ(state.name_encoding(), NameEncoding::kUtf8);
  EXPECT_TRUE(state.enable(names).empty());
}

TEST(CommandTable, IsSortedAndAnswersInAnyCase) {
  const auto table = command_table();
  for (std::size_t i = 1; i < table.size(); ++i) EXPECT_LT(table[i - 1].name, table[i].name);
  for (const CommandInfo& info : table) EXPECT_EQ(find_command(info.name), &info);
  EXPECT_NE(find_command("uid Fetch"), nullptr);
  EXPECT_EQ(find_command("UID"), nullptr);
}

// RFC 9051 §7.5.1: no EXPUNGE during FETCH, STORE or SEARCH; their UID forms may have it.
TEST(CommandTable, ExpungeRule) {
  for (const char* name : {"FETCH", "STORE", "SEARCH"}) {
    EXPECT_EQ(find_command(name)->expunges, ExpungeRule::kMustWait) << name;
    EXPECT_EQ(find_command("UID " + std::string(name))->expunges, ExpungeRule::kMaySend) << name;
  }
  for (const char* name : {"NOOP", "CHECK", "EXPUNGE", "IDLE", "COPY", "APPEND"}) {
    EXPECT_EQ(find_command(name)->expunges, ExpungeRule::kMaySend) << name;
  }
}

}  // namespace
}  // namespace hikyaku::imap
