// SPDX-License-Identifier: Apache-2.0
// Goal: a message is everywhere it belongs, octet for octet, once; or nowhere, with an error that
// says who must act. Whatever fails, nothing is half there.
#include "service/intake/intake.h"

#include <gtest/gtest.h>

#include <set>

#include "base/task_scope.h"
#include "protocol/imap/response/envelope.h"
#include "record/directory/check.h"
#include "record/queue/check.h"
#include "record/trail/check.h"
#include "record/trail/tracking.h"
#include "service/intake/testing/site.h"

namespace hikyaku::intake {
namespace {

constexpr std::string_view kMessage =
    "From: Sender <s@example.net>\r\nTo: ann@example.org\r\nSubject: hi\r\n"
    "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@example.net>\r\n\r\nhello\r\n";

bool has_reason(const Error& error, std::string_view id) {
  return error.text.ends_with("[" + std::string(id) + "]");
}

TEST(Intake, ALocalMessageIsStoredOctetForOctet) {
  Site site;
  const auto ann = site.add_account("ann");
  const auto taken =
      site.take(inbound(), site.envelope("s@example.net", {"ann@example.org"}), kMessage);
  ASSERT_TRUE(taken.has_value()) << taken.error().text;
  EXPECT_EQ(taken->placed.size(), 1U);
  EXPECT_TRUE(taken->queued.empty());
  const auto inbox = site.inbox(ann);
  ASSERT_EQ(inbox.size(), 1U);
  EXPECT_TRUE(inbox[0].ends_with(kMessage));
  const auto front = inbox[0].substr(0, inbox[0].size() - kMessage.size());
  EXPECT_TRUE(front.starts_with("Return-Path: <s@example.net>\r\nReceived: from ")) << front;
  EXPECT_NE(front.find(trail::to_text(taken->tracking)), std::string::npos);
  EXPECT_NE(front.find("for <ann@example.org>"), std::string::npos);
  EXPECT_EQ(front.find("\r\nDate:"), std::string::npos);
}

// What is kept is what would be found in the stored octets.
TEST(Intake, WhatIsKeptFitsTheStoredOctets) {
  for (const std::string_view message : {
           kMessage,
           std::string_view(""),
           std::string_view("\r\n"),
           std::string_view("\r\nbody only\r\n"),
           std::string_view("Subject: header only\r\n"),
           std::string_view("no header at all"),
           std::string_view("From x Mon Jan 1\r\nSubject: mbox\r\n\r\nbody"),
           std::string_view("Subject: lf\nTo: a\n\nbody\nlines\n"),
           std::string_view("Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n"
                            "\r\none\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
                            "Subject: in\r\nDate: d\r\n\r\nx\r\n--b--\r\nepilogue"),
       }) {
    for (const bool submitted : {false, true}) {
      Site site;
      const auto ann = site.add_account("ann");
      auto origin = inbound();
      if (submitted) origin.role = smtp::Role::kSubmission;
      ASSERT_TRUE(site.take(origin, site.envelope("", {"ann@example.org"}), message, 7));
      const auto octets = site.inbox(ann).at(0);
      EXPECT_TRUE(octets.ends_with(message));
      const auto kept = site.kept(ann).at(0);
      const auto whole = mime::summarize(octets);
      std::string envelope;
      imap::append_envelope(envelope, whole.envelope);
      EXPECT_EQ(kept.size, octets.size());
      EXPECT_EQ(kept.envelope, envelope) << message;
      EXPECT_EQ(kept.search_header, whole.search_header) << message;
      EXPECT_EQ(mime::decode_structure(kept.structure).value(), whole.structure) << message;
    }
  }
}

TEST(Intake, RemoteRecipientsWaitByDestination) {
  Site site;
  std::vector<queue::Item> told;
  site.intake.on_queued([&](const auto& item) { told.push_back(item); });
  auto envelope = site.envelope(
      "s@example.net", {"a@one.example", "b@two.example", "c@One.Example", "a@one.example"});
  envelope.envelope_id = "id";
  envelope.ret = smtp::Ret::kFull;
  envelope.eight_bit = true;
  envelope.recipients[0].notify = smtp::Notify(smtp::Notify::kSuccess);
  envelope.recipients[0].original = "rfc822;orig@example.net";
  const auto taken = site.take(inbound(), envelope, kMessage);
  ASSERT_TRUE(taken.has_value()) << taken.error().text;
  const auto queue = site.queue();
  ASSERT_EQ(queue.size(), 2U);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(queue[0].destination, "one.example");
  ASSERT_EQ(queue[0].recipients.size(), 2U);
  EXPECT_EQ(queue[0].recipients[0].address, "a@one.example");
  EXPECT_EQ(queue[0].recipients[0].notify, 2);
  EXPECT_EQ(queue[0].recipients[0].original, "rfc822;orig@example.net");
  EXPECT_EQ(queue[0].recipients[1].address, "c@one.example");
  EXPECT_EQ(queue[0].tracking, taken->tracking);
  EXPECT_EQ(queue[0].sender, "s@example.net");
  EXPECT_EQ(queue[0].envelope_id, "id");
  EXPECT_EQ(queue[0].ret, 1);
  EXPECT_TRUE(queue[0].eight_bit);
  EXPECT_EQ(queue[0].due, site.clock.now());
  const auto sent = site.body(queue[0].body, queue[0].skip_octets);
  EXPECT_EQ(sent.size(), queue[0].size);
  EXPECT_TRUE(sent.starts_with("Received: from "));  // no Return-Path goes out (RFC 5321 §4.4)
  EXPECT_TRUE(sent.ends_with(kMessage));
  EXPECT_EQ(site.store.live_bodies(), 1U);
  EXPECT_TRUE(run_sync(queue::check(&site.store)).value().empty());
}

/// RFC 3461 §5.2.3, §5.2.7: the queue holds the report, and what the next hosts have to tell.
TEST(Intake, WhoAskedIsToldOfWhatIsDecidedHere) {
  Site site;
  site.add_account("ann");
  site.add_account("bob");
  site.add_alias("both@example.org", {"bob@example.org", "x@far.example"});
  site.add_alias("one@example.org", {"y@far.example"});
  auto envelope = site.envelope("s@example.net", {"ann@example.org", "bob@example.org",
                                                  "both@example.org", "one@example.org"});
  const smtp::Notify success(smtp::Notify::kSuccess);
  for (const std::size_t i : {0U, 2U, 3U}) envelope.recipients[i].notify = success;
  envelope.recipients[0].original = "rfc822;Ann@old.example";
  ASSERT_TRUE(site.take(inbound(), envelope, kMessage));
  std::string told;
  for (const auto& item : site.queue())
    for (const auto& one : item.recipients)
      told += item.destination + " " + one.address + " " + one.original + " " +
              smtp::Notify(one.notify).text() + " " + std::to_string(static_cast<int>(one.state)) +
              "\n";
  EXPECT_EQ(told,
            "(report) ann@example.org rfc822;Ann@old.example SUCCESS 2\n"
            "(report) both@example.org  SUCCESS 4\n"
            "far.example x@far.example rfc822;both@example.org NEVER 1\n"
            "far.example y@far.example rfc822;one@example.org SUCCESS 1\n");
  // A report is never told of.
  Site other;
  other.add_account("ann");
  auto null = other.envelope("", {"ann@example.org"});
  null.recipients[0].notify = success;
  ASSERT_TRUE(other.take(inbound(), null, kMessage));
  EXPECT_TRUE(other.queue().empty());
}

TEST(Intake, EverybodyGetsOneCopy) {
  Site site;
  const auto ann = site.add_account("ann");
  const auto bob = site.add_account("bob");
  site.add_alias("both@example.org", {"ann@example.org", "bob@example.org", "x@far.example"});
  ASSERT_TRUE(site.take(inbound(),
                        site.envelope("s@example.net", {"ann@example.org", "both@example.org",
                                                        "ann+tag@example.org", "x@far.example"}),
                        kMessage));
  EXPECT_EQ(site.inbox(ann).size(), 1U);
  EXPECT_EQ(site.inbox(bob).size(), 1U);
  const auto queue = site.queue();
  ASSERT_EQ(queue.size(), 1U);
  ASSERT_EQ(queue[0].recipients.size(), 1U);
  EXPECT_EQ(queue[0].recipients[0].original, "rfc822;both@example.org");
  EXPECT_EQ(site.store.live_bodies(), 1U);
  // Several recipients are not told of each other.
  EXPECT_EQ(site.inbox(ann)[0].find("for <"), std::string::npos);
}

TEST(Intake, ManyOfOneDestinationAreSplit) {
  Site site;
  std::vector<std::string> to;
  for (int i = 0; i < 120; ++i) to.push_back("r" + std::to_string(i) + "@far.example");
  ASSERT_TRUE(site.take(inbound(), site.envelope("s@example.net", to), kMessage));
  const auto queue = site.queue();
  ASSERT_EQ(queue.size(), 3U);
  EXPECT_EQ(queue[0].recipients.size(), 50U);
  EXPECT_EQ(queue[2].recipients.size(), 20U);
}

TEST(Intake, TheTrailTellsWhatHappened) {
  Site site;
  const auto ann = site.add_account("ann");
  site.add_alias("team@example.org", {"ann@example.org", "x@far.example"});
  auto envelope = site.envelope("ann@example.org", {"team@example.org"});
  envelope.decisions.push_back({site.clock.now(), trail::Kind::kDecision, {{"reason", "why"}}});
  auto origin = submission(ann);
  const auto taken =
      site.take(origin, envelope, "From: ann@example.org\r\nMessage-ID: <m@x>\r\n\r\n");
  ASSERT_TRUE(taken.has_value()) << taken.error().text;
  const auto story = run_sync(trail::read(&site.store, taken->tracking)).value();
  EXPECT_EQ(story.head.from, "ann@example.org");
  EXPECT_EQ(story.head.to, std::vector<std::string>{"team@example.org"});
  EXPECT_EQ(story.head.message_id, "<m@x>");
  std::set<trail::Kind> kinds;
  for (const auto& event : story.events) kinds.insert(event.kind);
  using trail::Kind;
  EXPECT_EQ(kinds,
            (std::set<Kind>{Kind::kConnected, Kind::kTls, Kind::kLogin, Kind::kDecision,
                            Kind::kEnvelope, Kind::kExpanded, Kind::kStored, Kind::kQueued}));
  EXPECT_TRUE(run_sync(trail::check(&site.store)).value().empty());
  using Facts = std::vector<std::pair<std::string, std::string>>;
  for (const auto& event : story.events)
    if (event.kind == Kind::kStored)
      EXPECT_EQ(event.facts,
                (Facts{{"account", "ann@example.org"}, {"mailbox", "INBOX"}, {"uid", "1"}}));
}

TEST(Intake, ASubmissionGetsWhatItLacks) {
  struct Case {
    std::string_view header;
    bool date, id;
  };
  for (const auto& [header, date, id] : {
           Case{"From: ann@example.org\r\n", true, true},
           Case{"From: ann@example.org\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n", false, true},
           Case{"From: ann@example.org\r\nmessage-id: <1@x>\r\n", true, false},
       }) {
    Site site;
    const auto ann = site.add_account("ann");
    const auto message = std::string(header) + "\r\nDate: not this\r\n";
    ASSERT_TRUE(
        site.take(submission(ann), site.envelope("ann@example.org", {"ann@example.org"}), message));
    const auto octets = site.inbox(ann).at(0);
    EXPECT_TRUE(octets.ends_with(message));
    const auto front = octets.substr(0, octets.size() - message.size());
    EXPECT_EQ(front.find("\r\nDate: ") != std::string::npos, date) << front;
    EXPECT_EQ(front.find("\r\nMessage-ID: <") != std::string::npos, id) << front;
  }
}

TEST(Intake, ALoginSendsAsItselfOnly) {
  struct Case {
    std::string_view header;
    std::string_view refused;  // reason, or empty
  };
  for (const auto& [header, refused] : {
           Case{"From: Ann <ann@example.org>\r\n", ""},
           Case{"From: \"bob@example.org\" <Ann+x@Example.ORG>\r\n", ""},
           Case{"From: team@example.org\r\n", ""},
           Case{"From: bob@example.org\r\n", "HK-FROM-OWNER"},
           Case{"From: ann@example.org, bob@example.org\r\n", "HK-FROM-OWNER"},
           Case{"From: ann@example.net\r\n", "HK-FROM-OWNER"},
           Case{"From: ann@example.org\r\nFrom: bob@example.org\r\n", "HK-MESSAGE"},
           Case{"From: \r\n", "HK-MESSAGE"},
           Case{"Subject: no From\r\n", "HK-MESSAGE"},
       }) {
    Site site;
    const auto ann = site.add_account("ann");
    site.add_account("bob");
    site.add_alias("team@example.org", {"ann@example.org"});
    const auto taken =
        site.take(submission(ann), site.envelope("ann@example.org", {"x@far.example"}),
                  std::string(header) + "\r\nbody\r\n");
    EXPECT_EQ(taken.has_value(), refused.empty()) << header;
    if (taken) continue;
    EXPECT_EQ(taken.error().remedy, Remedy::kPermanent);
    EXPECT_TRUE(has_reason(taken.error(), refused)) << taken.error().text;
    EXPECT_TRUE(site.queue().empty());
    EXPECT_EQ(site.store.live_bodies(), 0U);
  }
}

TEST(Intake, ALoopEnds) {
  for (const std::size_t fields : {std::size_t{50}, std::size_t{51}}) {
    Site site;
    const auto ann = site.add_account("ann");
    std::string message;
    for (std::size_t i = 0; i < fields; ++i) message += "Received: from a by b\r\n";
    const auto taken = site.take(inbound(), site.envelope("s@example.net", {"ann@example.org"}),
                                 message + std::string(kMessage));
    EXPECT_EQ(taken.has_value(), fields == 50);
    if (!taken) EXPECT_TRUE(has_reason(taken.error(), "HK-LOOP")) << taken.error().text;
    EXPECT_EQ(site.inbox(ann).size(), taken ? 1U : 0U);
  }
}

TEST(Intake, OursHasNoReceived) {
  Site site;
  const auto ann = site.add_account("ann");
  ASSERT_TRUE(site.take(Origin{}, site.envelope("", {"ann@example.org"}), kMessage));
  EXPECT_EQ(site.inbox(ann).at(0), "Return-Path: <>\r\n" + std::string(kMessage));
}

TEST(Intake, DroppedBeforeTheCommitNothingStays) {
  Site site;
  site.add_account("ann");
  const auto before = site.store.dump();
  {
    auto incoming = site.intake.begin(inbound(), site.envelope("", {"ann@example.org"}));
    ASSERT_TRUE(run_sync(site.intake.append(&incoming, kMessage)));
  }
  EXPECT_EQ(site.store.dump(), before);
  EXPECT_EQ(site.store.live_bodies(), 0U);
}

TEST(Intake, ALargeMessageComesInPieces) {
  Site site;
  const auto ann = site.add_account("ann");
  std::string message(kMessage);
  for (int i = 0; i < 50'000; ++i) message += "line " + std::to_string(i) + "\r\n";
  ASSERT_TRUE(
      site.take(inbound(), site.envelope("s@example.net", {"ann@example.org"}), message, 60'000));
  EXPECT_TRUE(site.inbox(ann).at(0).ends_with(message));
}

TEST(Intake, ResolveKnowsOursAndOthers) {
  Site site;
  site.add_account("ann");
  const auto find = [&](std::string_view address) {
    return run_sync(site.intake.resolve(smtp::parse_address(address).value())).value();
  };
  EXPECT_EQ(find("ann@example.org")->targets.accounts.size(), 1U);
  EXPECT_EQ(find("X@far.example")->targets.remote.at(0), "X@far.example");
  EXPECT_FALSE(find("nobody@example.org").has_value());
}

struct Crowd {
  Site site{{.host = "mx.example.org", .targets_per_commit_max = 20}};
  std::vector<directory::Account> accounts;
  std::vector<std::string> addresses;

  explicit Crowd(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      accounts.push_back(site.add_account("u" + std::to_string(i)));
      addresses.push_back(accounts.back().address);
    }
    site.add_alias("all@example.org", addresses);
  }
  Result<Accepted> take() {
    return site.take(inbound(), site.envelope("s@example.net", {"all@example.org"}), kMessage);
  }
  std::size_t copies() {
    std::size_t out = 0;
    for (const auto& account : accounts) {
      const auto inbox = site.inbox(account);
      EXPECT_LE(inbox.size(), 1U) << account.address;
      for (const auto& octets : inbox) EXPECT_TRUE(octets.ends_with(kMessage));
      out += inbox.size();
    }
    return out;
  }
};

TEST(Expand, WhatDoesNotFitOneCommitFollows) {
  Crowd crowd(95);
  ASSERT_TRUE(crowd.take());
  EXPECT_EQ(crowd.copies(), 20U);
  auto queue = crowd.site.queue();
  ASSERT_EQ(queue.size(), 2U);  // 50 and 25
  for (const auto& item : queue) {
    EXPECT_EQ(item.destination, queue::kLocalDestination);
    EXPECT_EQ(item.recipients[0].original, "rfc822;all@example.org");
    const auto left = run_sync(crowd.site.intake.expand(item));
    ASSERT_TRUE(left.has_value()) << left.error().text;
    EXPECT_FALSE(left->has_value());
  }
  EXPECT_EQ(crowd.copies(), 95U);
  EXPECT_TRUE(crowd.site.queue().empty());
  // What came late is the same message, summary and all.
  const auto first = crowd.site.kept(crowd.accounts.front()).at(0);
  const auto last = crowd.site.kept(crowd.accounts.back()).at(0);
  EXPECT_EQ(first.body, last.body);
  EXPECT_EQ(first.envelope, last.envelope);
  EXPECT_EQ(first.structure, last.structure);
  EXPECT_EQ(first.internal_date, last.internal_date);
}

TEST(Expand, WhoLeftMeanwhileIsReported) {
  Crowd crowd(30);
  ASSERT_TRUE(crowd.take());
  ASSERT_TRUE(run_sync(crowd.site.directory.remove_account("u25@example.org")));
  const auto left = run_sync(crowd.site.intake.expand(crowd.site.queue().at(0))).value();
  ASSERT_TRUE(left.has_value());
  std::size_t failed = 0;
  for (const auto& recipient : left->recipients) {
    const bool gone = recipient.address == "u25@example.org";
    failed += gone ? 1 : 0;
    EXPECT_EQ(recipient.state, gone ? queue::State::kFailed : queue::State::kDelivered);
  }
  EXPECT_EQ(failed, 1U);
  EXPECT_EQ(crowd.copies(), 29U);
  // The item is what the store has: it can be removed once it was reported.
  store::Txn txn;
  queue::remove(txn, *left);
  auto submit = [](store::Store* store, store::Txn t) -> Task<store::Outcome> {
    co_return (co_await store->submit(std::move(t))).outcome;
  };
  EXPECT_EQ(run_sync(submit(&crowd.site.store, std::move(txn))), store::Outcome::kCommitted);
}

// Every store operation fails once, in turn: a retry-later error, and nothing of the message.
TEST(Intake, FailureWalk) {
  std::string large(kMessage);
  large.append(store::Body::kSpillBytes, 'x');
  for (std::uint64_t n = 1;; ++n) {
    Site site;
    const auto ann = site.add_account("ann");
    const auto bob = site.add_account("bob");
    const auto envelope =
        site.envelope("s@example.net", {"ann@example.org", "bob@example.org", "x@far.example"});
    std::size_t told = 0;
    site.intake.on_queued([&](const auto&) { ++told; });
    const auto before = site.store.dump();
    const auto operations = site.store.operations();
    site.store.fail_at(n);
    const auto taken = site.take(inbound(), envelope, large, large.size());
    const bool failed = site.store.operations() - operations >= n;
    site.store.fail_at(0);
    // A failed read of what the commit does not need may pass unnoticed; a failed write may not.
    if (!taken) {
      EXPECT_EQ(taken.error().remedy, Remedy::kRetryLater) << taken.error().text;
      EXPECT_EQ(site.store.dump(), before) << n;
      EXPECT_EQ(site.store.live_bodies(), 0U);
      EXPECT_EQ(told, 0U);
    }
    const auto count = taken ? 1U : 0U;
    EXPECT_EQ(site.inbox(ann).size(), count);
    EXPECT_EQ(site.inbox(bob).size(), count);
    EXPECT_EQ(site.queue().size(), count);
    if (!failed) {
      EXPECT_TRUE(taken.has_value()) << taken.error().text;
      break;
    }
  }
}

// The same for what follows later: it goes on where it stopped, and nobody gets two copies.
TEST(Expand, FailureWalk) {
  for (std::uint64_t n = 1;; ++n) {
    Crowd crowd(45);
    ASSERT_TRUE(crowd.take());
    const auto item = crowd.site.queue().at(0);
    const auto operations = crowd.site.store.operations();
    crowd.site.store.fail_at(n);
    const auto first = run_sync(crowd.site.intake.expand(item));
    const bool failed = crowd.site.store.operations() - operations >= n;
    crowd.site.store.fail_at(0);
    if (!first) EXPECT_EQ(first.error().remedy, Remedy::kRetryLater);
    for (const auto& rest : crowd.site.queue())
      ASSERT_TRUE(run_sync(crowd.site.intake.expand(rest)).has_value());
    EXPECT_EQ(crowd.copies(), 45U) << n;
    EXPECT_TRUE(crowd.site.queue().empty());
    EXPECT_TRUE(run_sync(queue::check(&crowd.site.store)).value().empty());
    if (!failed) break;
  }
}

TEST(Intake, AConflictIsTriedAgain) {
  Site site;
  const auto ann = site.add_account("ann");
  site.store.conflict_at(1);
  ASSERT_TRUE(site.take(inbound(), site.envelope("s@example.net", {"ann@example.org"}), kMessage));
  EXPECT_EQ(site.inbox(ann).size(), 1U);
}

TEST(Intake, ALostConnectionIsAskedAbout) {
  using Happened = store::MemoryStore::Happened;
  for (const auto happened : {Happened::kYes, Happened::kNo}) {
    Site site;
    site.store.unknown_at(1, happened);
    const auto taken =
        site.take(inbound(), site.envelope("s@example.net", {"x@far.example"}), kMessage);
    EXPECT_EQ(taken.has_value(), happened == Happened::kYes);
    if (!taken) EXPECT_EQ(taken.error().remedy, Remedy::kRetryLater);
    EXPECT_EQ(site.queue().size(), taken ? 1U : 0U);
  }
}

}  // namespace
}  // namespace hikyaku::intake
