// SPDX-License-Identifier: Apache-2.0
// Goal: an address leads to exactly those who shall have its mail; changes are seen at once,
// refused when they make no sense, and never half done.
#include "record/directory/directory.h"

#include <gtest/gtest.h>

#include <set>

#include "record/directory/format.h"
#include "record/directory/testing/site.h"

namespace hikyaku::directory {
namespace {

using store::MemoryStore;
using store::Outcome;

void expect_permanent(const Status& status, std::string_view words) {
  ASSERT_FALSE(status.has_value()) << words;
  EXPECT_EQ(status.error().remedy, Remedy::kPermanent);
  EXPECT_NE(status.error().text.find(words), std::string::npos) << status.error().text;
}

TEST(Directory, LooksUpAddresses) {
  Site site;
  ASSERT_TRUE(site.domain("example.org").has_value());
  ASSERT_TRUE(site.domain("bücher.example").has_value());
  site.account("Ann@example.org");
  site.account("bob@example.org");
  site.account("leser@bücher.example");
  ASSERT_TRUE(site.alias("both@example.org", {"bob@example.org", "ANN@example.org"}).has_value());
  ASSERT_TRUE(site.alias("far@example.org", {"X.Y@Elsewhere.example", "ann@example.org"}));
  ASSERT_TRUE(site.alias("deep@example.org", {"far@example.org", "both@example.org"}));
  ASSERT_TRUE(site.alias("tagged@example.org", {"ann+list@example.org"}));
  ASSERT_TRUE(site.alias("exact+tag@example.org", {"bob@example.org"}));
  struct Case {
    const char* address;
    const char* found;
  };
  for (const auto& [address, found] : {
           Case{"ann@example.org", "ann@example.org"},
           Case{"ANN@EXAMPLE.ORG.", "ann@example.org"},
           Case{"\"ann\"@example.org", "ann@example.org"},
           Case{"ann+News@example.org", "ann@example.org tag News"},
           Case{"ann+a+b@example.org", "ann@example.org tag a+b"},
           Case{"both@example.org", "bob@example.org ann@example.org"},
           Case{"both+x@example.org", "bob@example.org ann@example.org tag x"},
           Case{"far@example.org", "ann@example.org -> X.Y@elsewhere.example"},
           Case{"deep@example.org", "ann@example.org bob@example.org -> X.Y@elsewhere.example"},
           Case{"tagged@example.org", "ann@example.org"},
           Case{"exact+tag@example.org", "bob@example.org"},
           Case{"nobody@example.org", "unknown"},
           Case{"nobody+x@example.org", "unknown"},
           Case{"+x@example.org", "unknown"},
           Case{"ann@example.com", "not local"},
           Case{"ann@sub.example.org", "not local"},
           Case{"ann@[192.0.2.1]", "not local"},
           Case{"ann", "not local"},
           Case{"", "not local"},
           Case{"leser@xn--bcher-kva.example", "leser@xn--bcher-kva.example"},
           Case{"leser@BÜCHER.example", "leser@xn--bcher-kva.example"},
           Case{"Postmaster", "ann@example.org"},  // the first account
           Case{"postmaster@example.org", "ann@example.org"},
           Case{"postmaster@bücher.example", "ann@example.org"},
       })
    EXPECT_EQ(site.look(address), found) << address;
  EXPECT_TRUE(site.check().empty());
}

TEST(Directory, CatchAllTakesTheRest) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  site.account("ann@example.org");
  site.account("bob@example.org");
  ASSERT_TRUE(run_sync(site.directory.set_catch_all("Example.org", "bob@example.org")));
  EXPECT_EQ(site.look("ann@example.org"), "ann@example.org");
  EXPECT_EQ(site.look("ann+x@example.org"), "ann@example.org tag x");
  EXPECT_EQ(site.look("any@example.org"), "bob@example.org");
  EXPECT_EQ(site.look("postmaster@example.org"), "bob@example.org");
  ASSERT_TRUE(run_sync(site.directory.set_catch_all("example.org", "all@elsewhere.example")));
  EXPECT_EQ(site.look("any@example.org"), "-> all@elsewhere.example");
  EXPECT_EQ(run_sync(site.directory.domains()).value()[0].catch_all, "all@elsewhere.example");
  expect_permanent(run_sync(site.directory.set_catch_all("example.org", "no@example.org")),
                   "not there");
  expect_permanent(run_sync(site.directory.set_catch_all("example.net", "ann@example.org")),
                   "not ours");
  ASSERT_TRUE(run_sync(site.directory.set_catch_all("example.org", "")));
  EXPECT_EQ(site.look("any@example.org"), "unknown");
  EXPECT_EQ(site.look("postmaster@example.org"), "ann@example.org");
}

TEST(Directory, ChangesAreSeenAtOnce) {
  Site site;
  EXPECT_EQ(site.look("ann@example.org"), "not local");
  ASSERT_TRUE(site.domain("example.org"));
  EXPECT_EQ(site.look("ann@example.org"), "unknown");
  site.account("ann@example.org");
  EXPECT_EQ(site.look("ann@example.org"), "ann@example.org");
  ASSERT_TRUE(run_sync(site.directory.remove_account("ANN@example.org")));
  EXPECT_EQ(site.look("ann@example.org"), "unknown");
  ASSERT_TRUE(site.alias("ann@example.org", {"x@example.com"}));
  EXPECT_EQ(site.look("ann@example.org"), "-> x@example.com");
  ASSERT_TRUE(run_sync(site.directory.remove_alias("ann@example.org")));
  ASSERT_TRUE(run_sync(site.directory.remove_domain("example.org")));
  EXPECT_EQ(site.look("ann@example.org"), "not local");
  EXPECT_FALSE(run_sync(site.directory.is_local_domain("example.org")).value());
}

TEST(Directory, LookupsAreCached) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  site.account("ann@example.org");
  ASSERT_EQ(site.look("ann@example.org"), "ann@example.org");
  ASSERT_EQ(site.look("bob@example.org"), "unknown");
  const auto before = site.store.operations();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(site.look("ann@example.org"), "ann@example.org");
    EXPECT_EQ(site.look("bob@example.org"), "unknown");
  }
  EXPECT_EQ(site.store.operations(), before);
}

TEST(Directory, RefusesWhatMakesNoSense) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  site.account("ann@example.org");
  ASSERT_TRUE(site.alias("a@example.org", {"ann@example.org"}));
  ASSERT_TRUE(site.alias("b@example.org", {"a@example.org"}));
  expect_permanent(site.domain("Example.org"), "already");
  expect_permanent(site.domain("no domain"), "not a domain");
  expect_permanent(run_sync(site.directory.remove_domain("example.org")), "still has addresses");
  expect_permanent(run_sync(site.directory.remove_domain("example.net")), "no such domain");
  expect_permanent(site.alias("ann@example.org", {"x@y.example"}), "an account already");
  expect_permanent(site.alias("a@example.org", {"x@y.example"}), "an alias already");
  expect_permanent(site.alias("c@example.net", {"x@y.example"}), "not ours");
  expect_permanent(site.alias("c@example.org", {}), "at least one");
  expect_permanent(site.alias("c@example.org", {"not an address"}), "not an address");
  expect_permanent(site.alias("c@example.org", {"none@example.org"}), "none of the alias's");
  expect_permanent(site.alias("c@example.org", {"c@example.org"}), "back to itself");
  expect_permanent(site.alias("c@example.org", {"ann@example.org", "C+x@example.org"}), "itself");
  expect_permanent(run_sync(site.directory.remove_alias("ann@example.org")), "no such alias");
  expect_permanent(run_sync(site.directory.remove_account("a@example.org")), "no such account");
  expect_permanent(run_sync(site.directory.set_password("b@example.org", Secret("x"))),
                   "no such account");
  expect_permanent(run_sync(site.directory.set_password("ann@example.org", Secret(""))), "empty");
  const auto again = run_sync(site.directory.add_account("ANN@example.org", Secret("x"), ""));
  ASSERT_FALSE(again.has_value());
  EXPECT_NE(again.error().text.find("account already"), std::string::npos);
  // A loop over three: b -> a -> c -> b, after a was made anew.
  ASSERT_TRUE(site.alias("c@example.org", {"b@example.org"}));
  ASSERT_TRUE(run_sync(site.directory.remove_alias("a@example.org")));
  expect_permanent(site.alias("a@example.org", {"ann@example.org", "c@example.org"}), "itself");
}

TEST(Directory, AnAliasIsBounded) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  std::vector<std::string> half;
  for (int i = 0; i < 600; ++i) half.push_back("r" + std::to_string(i) + "@elsewhere.example");
  ASSERT_TRUE(site.alias("one@example.org", half));
  for (auto& target : half) target.insert(0, "x");
  ASSERT_TRUE(site.alias("two@example.org", half));
  expect_permanent(site.alias("all@example.org", {"one@example.org", "two@example.org"}), "split");
  // What grew over the limit afterwards is not cut short in silence.
  ASSERT_TRUE(run_sync(site.directory.remove_alias("two@example.org")));
  ASSERT_TRUE(site.alias("all@example.org", {"one@example.org", "two@example.org"}));
  ASSERT_TRUE(site.alias("two@example.org", half));
  const auto found = run_sync(site.directory.lookup("all@example.org"));
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().remedy, Remedy::kRetryLater);
}

TEST(Directory, OwnsItsAddresses) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  const auto ann = site.account("ann@example.org").id;
  site.account("bob@example.org");
  ASSERT_TRUE(site.alias("hers@example.org", {"ann@example.org"}));
  ASSERT_TRUE(site.alias("both@example.org", {"ann@example.org", "bob@example.org"}));
  ASSERT_TRUE(site.alias("out@example.org", {"ann@example.org", "x@y.example"}));
  ASSERT_TRUE(run_sync(site.directory.set_catch_all("example.org", "ann@example.org")));
  struct Case {
    const char* address;
    bool owns;
  };
  for (const auto& [address, owns] : {
           Case{"ann@example.org", true},
           Case{"Ann@Example.org", true},
           Case{"ann+x@example.org", true},
           Case{"hers@example.org", true},
           Case{"both@example.org", false},
           Case{"out@example.org", false},
           Case{"bob@example.org", false},
           Case{"any@example.org", false},
           Case{"postmaster@example.org", false},
           Case{"ann@example.com", false},
           Case{"", false},
       })
    EXPECT_EQ(run_sync(site.directory.owns_address(ann, address)).value(), owns) << address;
}

TEST(Directory, ListsByDomain) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  ASSERT_TRUE(site.domain("example.organic"));
  site.account("ann@example.org");
  site.account("ann@example.organic");
  ASSERT_TRUE(site.alias("x@example.org", {"ann@example.org"}));
  EXPECT_EQ(run_sync(site.directory.accounts("example.org")).value().size(), 1U);
  EXPECT_EQ(run_sync(site.directory.accounts("")).value().size(), 2U);
  EXPECT_EQ(run_sync(site.directory.aliases("example.org")).value()[0].targets[0],
            "ann@example.org");
  EXPECT_TRUE(run_sync(site.directory.aliases("example.organic")).value().empty());
  EXPECT_EQ(run_sync(site.directory.domains()).value().size(), 2U);
  EXPECT_EQ(run_sync(site.directory.account("ann@example.org")).value()->name, "A Person");
}

TEST(Directory, AccountNumbersAreNeverGivenTwice) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  std::set<AccountId> seen;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(seen.insert(site.account("ann@example.org").id).second);
    ASSERT_TRUE(run_sync(site.directory.remove_account("ann@example.org")));
  }
}

// Two writers at once: each commit of one is refused in turn, as if the other had been faster.
TEST(Directory, AConflictIsPlannedAnew) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  site.account("ann@example.org");
  site.store.conflict_at(1);
  EXPECT_TRUE(site.alias("a@example.org", {"ann@example.org"}));
  EXPECT_EQ(site.look("a@example.org"), "ann@example.org");
}

TEST(Directory, TwoWritersCanNotMakeALoopTogether) {
  Site site;
  Directory other(site.store, site.pool, site.clock);
  ASSERT_TRUE(site.domain("example.org"));
  ASSERT_TRUE(site.domain("example.net"));
  auto both = [](Directory* one, Directory* two, store::MemoryStore* store, bool* a,
                 bool* b) -> Task<void> {
    auto add = [](Directory* directory, Alias alias, bool* done) -> Task<void> {
      *done = (co_await directory->add_alias(std::move(alias))).has_value();
    };
    TaskScope scope;
    store->hold_commits();
    scope.spawn(add(one, {"a@example.org", {"b@example.net", "x@y.example"}}, a));
    scope.spawn(add(two, {"b@example.net", {"a@example.org", "x@y.example"}}, b));
    EXPECT_EQ(store->held_commits(), 2U);
    store->stop_holding();
    co_await scope.join();
  };
  bool a = false, b = false;
  run_sync(both(&site.directory, &other, &site.store, &a, &b));
  EXPECT_TRUE(a);
  EXPECT_FALSE(b);
}

TEST(Directory, ALostConnectionIsAskedAbout) {
  for (const auto happened : {MemoryStore::Happened::kYes, MemoryStore::Happened::kNo}) {
    Site site;
    site.store.unknown_at(1, happened);
    EXPECT_TRUE(site.domain("example.org"));
    EXPECT_TRUE(run_sync(site.directory.is_local_domain("example.org")).value());
  }
}

TEST(Directory, CheckFindsAndRepairs) {
  struct Case {
    const char* damage;
    std::function<void(store::Txn&, const Account&)> make;
    bool repairable;
  };
  for (const auto& [damage, make, repairable] : {
           Case{"domain gone",
                [](auto& txn, auto&) { txn.erase(format::domain_key("example.org")); }, true},
           Case{"number gone", [](auto& txn, auto& a) { txn.erase(format::account_key(a.id)); },
                true},
           Case{"account gone",
                [](auto& txn, auto&) { txn.erase(format::address_key("ann", "example.org")); },
                true},
           Case{"password gone", [](auto& txn, auto& a) { txn.erase(format::password_key(a.id)); },
                false},
           Case{"counter behind",
                [](auto& txn, auto&) {
                  txn.put(format::next_account_key(), format::encode_number(0));
                },
                true},
           Case{"entry cut",
                [](auto& txn, auto&) { txn.put(format::address_key("x", "example.org"), "\1"); },
                false},
           Case{"alias to nobody",
                [](auto& txn, auto&) {
                  txn.put(format::address_key("x", "example.org"),
                          format::encode(Alias{"x@example.org", {"none@example.org"}}));
                },
                false},
           Case{"key without a domain",
                [](auto& txn, auto&) {
                  txn.put(format::addresses_prefix("") + std::string("\0x", 2),
                          format::encode(Alias{"", {"ann@example.org"}}));
                },
                false},
           Case{"key without an end of the domain",
                [](auto& txn, auto&) {
                  txn.put(format::addresses_prefix("") + "x",
                          format::encode(Alias{"", {"ann@example.org"}}));
                },
                false},
       }) {
    Site site;
    ASSERT_TRUE(site.domain("example.org"));
    const auto ann = site.account("ann@example.org");
    EXPECT_TRUE(site.check().empty());
    store::Txn txn;
    make(txn, ann);
    ASSERT_EQ(commit(site.store, std::move(txn)), Outcome::kCommitted);
    auto found = site.check();
    EXPECT_FALSE(found.empty()) << damage;
    if (!repairable)
      for (const auto& finding : found) EXPECT_TRUE(finding.repair.empty()) << finding.what;
    for (int round = 0; repairable && round < 3 && !found.empty(); ++round) {
      for (auto& finding : found) {
        ASSERT_FALSE(finding.repair.empty()) << finding.what.in(Language::kEnglish);
        EXPECT_EQ(commit(site.store, std::move(finding.fix)), Outcome::kCommitted)
            << finding.what.in(Language::kEnglish);
      }
      found = site.check();
    }
    EXPECT_EQ(found.empty(), repairable) << damage;
  }
}

TEST(DirectoryFormat, CredentialsAreNeverReadHalf) {
  const auto full = make_credentials(Secret("password"), CramMd5::kOn).value();
  ASSERT_TRUE(full.scram_sha256 && full.scram_sha1 && full.cram_md5);
  const auto octets = format::encode(full);
  EXPECT_EQ(format::decode_credentials(octets).value(), full);
  for (std::size_t n = 0; n < octets.size(); ++n)
    EXPECT_FALSE(format::decode_credentials(octets.substr(0, n)).has_value()) << n;
  EXPECT_FALSE(format::decode_credentials(octets + "x").has_value());
  Credentials bare;
  bare.hash = full.hash;
  EXPECT_EQ(format::decode_credentials(format::encode(bare)).value(), bare);
  Credentials damaged = full;
  damaged.scram_sha1->stored_key.pop_back();
  EXPECT_FALSE(format::decode_credentials(format::encode(damaged)).has_value());
}

TEST(DirectoryFormat, IsNeverReadHalf) {
  const auto key = format::address_key("ann", "example.org");
  const std::vector<format::Entry> entries{
      Account{AccountId(7), "ann@example.org", "Ann", 1'000'000},
      Alias{"ann@example.org", {"a@b.example", "c@d.example"}}};
  for (const auto& entry : entries) {
    const auto octets = format::encode(entry);
    const auto back = format::decode_entry(key, octets);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(format::encode(*back), octets);
    for (std::size_t n = 0; n < octets.size(); ++n)
      EXPECT_FALSE(format::decode_entry(key, octets.substr(0, n)).has_value()) << n;
    EXPECT_FALSE(format::decode_entry(key, octets + "x").has_value());
  }
  EXPECT_EQ(format::address_of(key), "ann@example.org");
  EXPECT_EQ(format::address_of(format::address_key("a@b", "example.org")), "a@b@example.org");
  EXPECT_EQ(format::address_of(format::address_key("ann", "@")), "");
  const auto domain = format::encode(Domain{"example.org", "ann@example.org"});
  for (std::size_t n = 0; n < domain.size(); ++n)
    EXPECT_FALSE(format::decode_domain(format::domain_key("x"), domain.substr(0, n)).has_value());
  EXPECT_EQ(format::decode_domain(format::domain_key("x"), domain)->name, "x");
}

// Every store operation fails once, in turn: nothing is half done, and the error says retry.
TEST(Directory, FailureWalk) {
  for (std::uint64_t n = 1;; ++n) {
    Site site;
    ASSERT_TRUE(site.domain("example.org"));
    site.account("ann@example.org");
    const auto before = site.store.dump();
    const auto operations = site.store.operations();
    site.store.fail_at(n);
    const auto made = run_sync(site.directory.add_account("bob@example.org", Secret("x"), ""));
    const bool failed = site.store.operations() - operations >= n;
    site.store.fail_at(0);
    EXPECT_EQ(made.has_value(), !failed);
    if (failed) {
      EXPECT_EQ(made.error().remedy, Remedy::kRetryLater);
      EXPECT_EQ(site.store.dump(), before);
    }
    EXPECT_TRUE(site.check().empty());
    EXPECT_EQ(site.look("bob@example.org"), failed ? "unknown" : "bob@example.org");
    if (!failed) break;
  }
  for (std::uint64_t n = 1;; ++n) {
    Site site;
    ASSERT_TRUE(site.domain("example.org"));
    site.account("ann@example.org");
    ASSERT_TRUE(site.alias("a@example.org", {"ann@example.org"}));
    Directory fresh(site.store, site.pool, site.clock);  // with nothing in its cache
    const auto operations = site.store.operations();
    site.store.fail_at(n);
    const auto found = run_sync(fresh.lookup("a+x@example.org"));
    const auto login = run_sync(fresh.verify_password("ann@example.org", Secret("secret")));
    const bool failed = site.store.operations() - operations >= n;
    EXPECT_EQ(found.has_value() && login.has_value(), !failed);
    if (!login) EXPECT_EQ(login.error().remedy, Remedy::kRetryLater);
    if (found) EXPECT_TRUE(std::holds_alternative<Targets>(*found));  // never "unknown" by a fault
    if (!failed) break;
  }
}

TEST(Directory, GeneratedPasswordsAreLongAndReadable) {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const auto password = generate_password();
    EXPECT_EQ(password.size(), 20U);
    EXPECT_EQ(password.reveal().find_first_of("0O1lIoiL"), std::string_view::npos);
    seen.insert(std::string(password.reveal()));
  }
  EXPECT_EQ(seen.size(), 1'000U);
}

}  // namespace
}  // namespace hikyaku::directory
