// SPDX-License-Identifier: Apache-2.0
// Goal: what is known is found again, and what is not is asked for once.
#include "protocol/mailauth/lookup/facts.h"

#include <gtest/gtest.h>

namespace hikyaku::lookup {
namespace {

TEST(Question, HasOneFormForAName) {
  EXPECT_EQ(question("Mail.Example.ORG.", Type::kA), question("mail.example.org", Type::kA));
  EXPECT_NE(question("mail.example.org", Type::kA), question("mail.example.org", Type::kAaaa));
  EXPECT_EQ(question("\xC3\x84.example", Type::kTxt).name, "\xC3\x84.example");
  EXPECT_EQ(question(".", Type::kMx).name, "");
}

TEST(Asker, NotesWhatIsMissingOnceAndInOrder) {
  Facts facts;
  facts.add(question("a.example", Type::kTxt), {Answer::Status::kFound, {"v=spf1 -all"}});
  Asker asker(facts);
  const Answer* known = asker.ask(question("A.example", Type::kTxt));
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->records.at(0), "v=spf1 -all");
  EXPECT_TRUE(asker.missing().empty());
  EXPECT_EQ(asker.ask(question("c.example", Type::kMx)), nullptr);
  EXPECT_EQ(asker.ask(question("b.example", Type::kA)), nullptr);
  EXPECT_EQ(asker.ask(question("c.example", Type::kMx)), nullptr);
  const std::vector<Question> wanted = {question("c.example", Type::kMx),
                                        question("b.example", Type::kA)};
  EXPECT_EQ(asker.missing(), wanted);
}

TEST(Facts, KeepTheFirstAnswer) {
  Facts facts;
  facts.add(question("a.example", Type::kA), {Answer::Status::kNxDomain});
  facts.add(question("a.example", Type::kA), {Answer::Status::kFound, {"\x01\x02\x03\x04"}});
  EXPECT_EQ(facts.find(question("a.example", Type::kA))->status, Answer::Status::kNxDomain);
}

}  // namespace
}  // namespace hikyaku::lookup
