// SPDX-License-Identifier: Apache-2.0
// Goal: what store.h promises holds on every engine.
#include <gtest/gtest.h>

#include <thread>

#include "base/codec.h"
#include "port/store/testing/engines.h"
#include "port/store/testing/wait.h"

namespace hikyaku::store {
namespace {

std::string counter(std::uint64_t v) {
  Encoder out;
  out.u64(v);
  return std::move(out).take();
}

class StoreContract : public testing::TestWithParam<Engine> {
 protected:
  Outcome commit(Txn txn) { return wait_commit(store().submit(std::move(txn))).outcome; }
  std::optional<std::string> get(std::string key) {
    auto value = run_sync(get_one(&store(), std::move(key)));
    EXPECT_TRUE(value) << value.error().text;
    return value.value_or(std::nullopt);
  }
  std::string keys(std::string begin, std::string end, std::size_t limit = 100,
                   Direction direction = Direction::kForward) {
    auto found = run_sync(store().scan(std::move(begin), std::move(end), limit, direction));
    EXPECT_TRUE(found) << found.error().text;
    std::string out;
    for (const auto& kv : *found) out += kv.key + "=" + kv.value + " ";
    return out;
  }
  std::string body_text(BodyId id, std::uint64_t offset = 0, std::uint64_t length = UINT64_MAX) {
    auto octets = run_sync(store().read_body(id, offset, length));
    return octets ? *octets : "error: " + octets.error().text;
  }
  Store& store() { return *store_.store; }

 private:
  OpenEngine store_ = GetParam().open();
};

TEST_P(StoreContract, PutsAndErases) {
  EXPECT_EQ(get("Aa"), std::nullopt);
  EXPECT_EQ(commit(Txn().put("Aa", "1").put("Ab", "").put("Aa", "2")), Outcome::kCommitted);
  EXPECT_EQ(get("Aa"), "2");
  EXPECT_EQ(get("Ab"), "");
  EXPECT_EQ(commit(Txn().erase("Aa").erase("never")), Outcome::kCommitted);
  EXPECT_EQ(get("Aa"), std::nullopt);
  EXPECT_EQ(commit(Txn()), Outcome::kCommitted);
}

TEST_P(StoreContract, GetsSeveralInOrder) {
  commit(Txn().put("Ka", "1").put("Kc", "3"));
  const auto values = run_sync(store().get({"Kc", "Kb", "Ka", "Kc"}));
  ASSERT_TRUE(values);
  using V = std::vector<std::optional<std::string>>;
  EXPECT_EQ(*values, (V{"3", std::nullopt, "1", "3"}));
  EXPECT_EQ(run_sync(store().get({}))->size(), 0U);
}

TEST_P(StoreContract, ChecksDecide) {
  EXPECT_EQ(commit(Txn().check("Aa", std::nullopt).put("Aa", "1")), Outcome::kCommitted);
  EXPECT_EQ(commit(Txn().check("Aa", std::nullopt).put("Aa", "2")), Outcome::kConflict);
  EXPECT_EQ(commit(Txn().check("Aa", "0").put("Aa", "2").put("Ab", "x")), Outcome::kConflict);
  EXPECT_EQ(get("Ab"), std::nullopt) << "nothing of a refused transaction happens";
  EXPECT_EQ(commit(Txn().check("Aa", "1").check("Ab", std::nullopt).put("Aa", "2")),
            Outcome::kCommitted);
  EXPECT_EQ(get("Aa"), "2");
  EXPECT_EQ(commit(Txn().check("Az", "").put("Aa", "3")), Outcome::kConflict)
      << "absent is not empty";
}

TEST_P(StoreContract, ChecksSeeTheStateBeforeTheTransactionsOwnWrites) {
  EXPECT_EQ(commit(Txn().put("Aa", "1").check("Aa", std::nullopt)), Outcome::kCommitted);
}

TEST_P(StoreContract, ErasesRanges) {
  commit(Txn().put("Ka", "1").put("Kb", "2").put("Kc", "3").put("Kd", "4"));
  EXPECT_EQ(commit(Txn().put("Kbb", "x").erase_range("Kb", "Kd").put("Kc", "5")),
            Outcome::kCommitted);
  EXPECT_EQ(keys("K", "L"), "Ka=1 Kc=5 Kd=4 ");
  EXPECT_EQ(commit(Txn().erase_range("Kd", "Ka").erase_range("Ka", "Ka")), Outcome::kCommitted)
      << "an empty range is none";
  EXPECT_EQ(keys("K", "L"), "Ka=1 Kc=5 Kd=4 ");
  EXPECT_EQ(commit(Txn().erase_range("K", "L").check("Kc", "5")), Outcome::kCommitted);
  EXPECT_EQ(keys("K", "L"), "");
}

TEST_P(StoreContract, AddsToCounters) {
  EXPECT_EQ(commit(Txn().add("Tn", 5).add("Tn", -2)), Outcome::kCommitted);
  EXPECT_EQ(get("Tn"), counter(3));
  EXPECT_EQ(commit(Txn().put("Tn", counter(10)).add("Tn", 1)), Outcome::kCommitted);
  EXPECT_EQ(get("Tn"), counter(11));
  EXPECT_EQ(commit(Txn().erase("Tn").add("Tn", 7)), Outcome::kCommitted);
  EXPECT_EQ(get("Tn"), counter(7));
  EXPECT_EQ(commit(Txn().erase_range("T", "U").add("Tn", 1)), Outcome::kCommitted);
  EXPECT_EQ(get("Tn"), counter(1));
  commit(Txn().put("Tx", "no counter"));
  EXPECT_EQ(commit(Txn().put("Ty", "1").add("Tx", 1)), Outcome::kFailed);
  EXPECT_EQ(get("Ty"), std::nullopt);
}

TEST_P(StoreContract, Scans) {
  commit(Txn().put("Qa", "1").put("Qb", "2").put("Qc", "3").put("R", "4").put("P", "0"));
  EXPECT_EQ(keys("Q", "R"), "Qa=1 Qb=2 Qc=3 ");
  EXPECT_EQ(keys("Q", "R", 2), "Qa=1 Qb=2 ");
  EXPECT_EQ(keys("Q", "R", 2, Direction::kBackward), "Qc=3 Qb=2 ");
  EXPECT_EQ(keys("Qb", "Qc"), "Qb=2 ");
  EXPECT_EQ(keys("Qb", "Qb"), "");
  EXPECT_EQ(keys("Qc", "Qa"), "");
  EXPECT_EQ(keys("Q", "R", 0), "");
  EXPECT_EQ(keys("", prefix_end("")), "P=0 Qa=1 Qb=2 Qc=3 R=4 ");
  EXPECT_EQ(keys("", prefix_end(""), 1, Direction::kBackward), "R=4 ");
}

TEST_P(StoreContract, TakesAnyOctetsInKeysAndValues) {
  const std::string key("A\0\xff\x01", 4);
  const std::string value("\0\xff", 2);
  commit(Txn().put(key, value).put("\xff\xff", "last"));
  EXPECT_EQ(get(key), value);
  EXPECT_EQ(get("A"), std::nullopt);
  EXPECT_EQ(keys("\xff", prefix_end("\xff")), "\xff\xff=last ");
}

TEST_P(StoreContract, RefusesWhatIsOverALimit) {
  const std::string big(kValueBytesMax, 'x');
  EXPECT_EQ(commit(Txn().put(std::string(kKeyBytesMax, 'K'), big)), Outcome::kCommitted);
  EXPECT_EQ(commit(Txn().put("Aa", big + "x")), Outcome::kFailed);
  EXPECT_EQ(commit(Txn().put(std::string(kKeyBytesMax + 1, 'K'), "")), Outcome::kFailed);
  EXPECT_EQ(commit(Txn().put("", "")), Outcome::kFailed);
  EXPECT_EQ(commit(Txn().put("\x1fz", "")), Outcome::kFailed);
  Txn large;
  for (int i = 0; i < 12; ++i) large.put("A" + std::to_string(i), big);
  EXPECT_EQ(commit(std::move(large)), Outcome::kFailed);
}

TEST_P(StoreContract, ChainsWithoutWaiting) {
  // Each link checks for what the one before, which is not finished, writes.
  std::vector<Commit> chain;
  chain.push_back(store().submit(Txn().put("Aa", "0")));
  for (int i = 0; i < 100; ++i)
    chain.push_back(
        store().submit(Txn().check("Aa", std::to_string(i)).put("Aa", std::to_string(i + 1))));
  chain.push_back(store().submit(Txn().check("Aa", "57").put("Ab", "wrong")));
  chain.push_back(store().submit(Txn().check("Aa", "100").put("Ac", "right")));
  for (std::size_t i = 0; i < chain.size(); ++i)
    EXPECT_EQ(wait_commit(std::move(chain[i])).outcome,
              i == 101 ? Outcome::kConflict : Outcome::kCommitted);
  EXPECT_EQ(get("Aa"), "100");
  EXPECT_EQ(get("Ab"), std::nullopt);
  EXPECT_EQ(get("Ac"), "right");
}

TEST_P(StoreContract, DroppedCommitsHappen) {
  {
    auto dropped = store().submit(Txn().put("Aa", "1"));
  }
  EXPECT_TRUE(run_sync(store().flush()));
  EXPECT_EQ(get("Aa"), "1");
}

TEST_P(StoreContract, KeepsBodies) {
  auto body = store().new_body();
  const auto id = body.id();
  body.append("Subject: x\r\n\r\n");
  body.append("text\r\n");
  body.set_front("Received: y\r\n");
  EXPECT_EQ(body.size(), 33U);
  EXPECT_EQ(commit(Txn().with(std::move(body)).link(id, "M1").put("M1", "x")), Outcome::kCommitted);
  EXPECT_EQ(body_text(id), "Received: y\r\nSubject: x\r\n\r\ntext\r\n");
  EXPECT_EQ(body_text(id, 13, 7), "Subject");
  EXPECT_EQ(body_text(id, 30, 100), "t\r\n");
  EXPECT_EQ(body_text(id, 33, 1), "");
  EXPECT_EQ(body_text(id, 1000, 1), "");
  EXPECT_EQ(keys("", prefix_end("")), "M1=x ") << "what an engine keeps is not seen";
}

TEST_P(StoreContract, KeepsEmptyBodies) {
  auto body = store().new_body();
  const auto id = body.id();
  EXPECT_EQ(commit(Txn().with(std::move(body)).link(id, "M1")), Outcome::kCommitted);
  EXPECT_EQ(body_text(id), "");
}

TEST_P(StoreContract, KeepsSpilledBodies) {
  std::string want = "front\r\n";
  auto body = store().new_body();
  const auto id = body.id();
  for (int piece = 0; piece < 3; ++piece) {
    std::string octets;
    for (std::size_t i = 0; octets.size() < Body::kSpillBytes; ++i)
      octets += std::to_string(piece) + ":" + std::to_string(i) + "\r\n";
    want += octets;
    body.append(octets);
    EXPECT_TRUE(body.wants_spill());
    ASSERT_TRUE(run_sync(store().spill(&body)));
    EXPECT_FALSE(body.wants_spill());
    ASSERT_TRUE(run_sync(store().spill(&body))) << "nothing to spill is no error";
  }
  body.append("tail");
  want += "tail";
  body.set_front("front\r\n");
  EXPECT_EQ(body.size(), want.size());
  EXPECT_EQ(commit(Txn().check("no", "x").with(body).link(id, "M1")), Outcome::kConflict);
  EXPECT_EQ(commit(Txn().with(body).link(id, "M1").link(id, "M2")), Outcome::kCommitted)
      << "a body may be submitted again";
  EXPECT_EQ(body_text(id), want);
  for (const std::size_t offset : {std::size_t{0}, std::size_t{6}, Body::kSpillBytes + 3,
                                   2 * Body::kSpillBytes, want.size() - 5})
    EXPECT_EQ(body_text(id, offset, Body::kSpillBytes), want.substr(offset, Body::kSpillBytes));
}

TEST_P(StoreContract, ABodyLivesAsLongAsAHolder) {
  auto body = store().new_body();
  const auto id = body.id();
  body.append("x");
  EXPECT_EQ(commit(Txn().with(std::move(body)).link(id, "M1")), Outcome::kCommitted);
  EXPECT_EQ(commit(Txn().link(id, "M2").unlink(id, "M1")), Outcome::kCommitted);
  EXPECT_EQ(commit(Txn().link(id, "M2").unlink(id, "M9")), Outcome::kCommitted)
      << "linking twice and unlinking what never was is no error";
  EXPECT_EQ(body_text(id), "x");
  EXPECT_EQ(commit(Txn().unlink(id, "M2")), Outcome::kCommitted);
}

TEST_P(StoreContract, LinkingABodyThatIsNotThereIsAConflict) {
  const auto id = store().new_body().id();
  EXPECT_EQ(commit(Txn().link(id, "M1").put("M1", "x")), Outcome::kConflict);
  EXPECT_EQ(get("M1"), std::nullopt);
  EXPECT_TRUE(body_text(id).starts_with("error: "));
}

TEST_P(StoreContract, BodyIdsAreNeverTheSame) {
  auto a = store().new_body().id();
  for (int i = 0; i < 100; ++i) {
    const auto b = store().new_body().id();
    EXPECT_LT(a, b);
    a = b;
  }
}

TEST_P(StoreContract, ResolvesTokens) {
  Txn txn;
  txn.put("Aa", "1");
  txn.token = "0123456789abcdef";
  EXPECT_EQ(commit(txn), Outcome::kCommitted);
  EXPECT_TRUE(*run_sync(store().resolve("0123456789abcdef")));
  EXPECT_FALSE(*run_sync(store().resolve("another")));
}

TEST_P(StoreContract, ManyThreadsCountExactly) {
  // Half count with add, half with check and put, trying again when a neighbour was faster.
  constexpr int kThreads = 4;
  constexpr int kRounds = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < kRounds; ++i) {
        EXPECT_EQ(wait_commit(store().submit(Txn().add("Tadd", 1))).outcome, Outcome::kCommitted);
        for (;;) {
          const auto seen = *run_sync(get_one(&store(), "Tcas"));
          const auto next = counter(seen ? Decoder(*seen).u64() + 1 : 1);
          const auto outcome =
              wait_commit(store().submit(Txn().check("Tcas", seen).put("Tcas", next))).outcome;
          if (outcome == Outcome::kCommitted) break;
          EXPECT_EQ(outcome, Outcome::kConflict);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(get("Tadd"), counter(kThreads * kRounds));
  EXPECT_EQ(get("Tcas"), counter(kThreads * kRounds));
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContract, testing::ValuesIn(engines()),
                         [](const auto& each) { return each.param.name; });

TEST(PrefixEnd, ComesAfterAllKeysOfThePrefix) {
  EXPECT_EQ(prefix_end("Q"), "R");
  EXPECT_EQ(prefix_end("Q\xff"), "R");
  EXPECT_GT(prefix_end("\xff"), std::string(kKeyBytesMax, '\xff'));
}

}  // namespace
}  // namespace hikyaku::store
