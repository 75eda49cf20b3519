// SPDX-License-Identifier: Apache-2.0
// Goal: nobody logs in with another password, keys are those of the password, and nobody learns by
// asking who has mail here.
#include <gtest/gtest.h>

#include <set>

#include "port/crypto/password.h"
#include "port/crypto/sasl/sasl_crypto.h"
#include "record/directory/format.h"
#include "record/directory/testing/site.h"

namespace hikyaku::directory {
namespace {

using store::MemoryStore;
using store::Outcome;

TEST(Login, VerifiesPasswords) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  site.account("ann@example.org", "right");
  ASSERT_TRUE(site.alias("alias@example.org", {"ann@example.org"}));
  EXPECT_TRUE(site.login("ann@example.org", "right"));
  EXPECT_TRUE(site.login("ANN@example.org", "right"));
  for (const char* wrong : {"Right", "right ", "righ", "", "wrong"})
    EXPECT_FALSE(site.login("ann@example.org", wrong)) << wrong;
  EXPECT_FALSE(site.login("ann@example.org", std::string(2'000, 'x')));
  EXPECT_FALSE(site.login("bob@example.org", "right"));
  EXPECT_FALSE(site.login("alias@example.org", "right"));
  EXPECT_FALSE(site.login("ann+x@example.org", "right"));
  EXPECT_FALSE(site.login("", "right"));
}

TEST(Login, AnUnknownAddressHashesAsMuch) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  site.account("ann@example.org");
  for (const char* address : {"ann@example.org", "nobody@example.org", "x@y.example", "junk"}) {
    const auto before = site.pool.works();
    EXPECT_FALSE(site.login(address, "wrong"));
    EXPECT_EQ(site.pool.works() - before, 1U) << address;
  }
}

TEST(Login, ARightPasswordIsRememberedUntilItChanges) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  site.account("ann@example.org", "old");
  ASSERT_TRUE(site.login("ann@example.org", "old"));
  auto before = site.pool.works();
  EXPECT_TRUE(site.login("ann@example.org", "old"));
  EXPECT_EQ(site.pool.works(), before);  // not hashed again
  site.clock.advance(std::chrono::minutes(5));
  EXPECT_TRUE(site.login("ann@example.org", "old"));
  EXPECT_EQ(site.pool.works(), before + 1);  // forgotten by then
  ASSERT_TRUE(run_sync(site.directory.set_password("ann@example.org", Secret("new"))));
  EXPECT_FALSE(site.login("ann@example.org", "old"));
  EXPECT_TRUE(site.login("ann@example.org", "new"));
  // Another process changes it.
  Directory other(site.store, site.pool, site.clock);
  ASSERT_TRUE(run_sync(other.set_password("ann@example.org", Secret("newer"))));
  EXPECT_FALSE(site.login("ann@example.org", "new"));
  ASSERT_TRUE(run_sync(site.directory.remove_account("ann@example.org")));
  EXPECT_FALSE(site.login("ann@example.org", "newer"));
}

TEST(Login, KeepsNoPasswordReadable) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  site.account("ann@example.org", "correct horse");
  for (const auto& [key, value] : site.store.dump())
    EXPECT_EQ(value.find("correct horse"), std::string::npos);
}

TEST(Login, KeysFitThePasswordAndChangeWithIt) {
  Site site;
  Directory with_cram(site.store, site.pool, site.clock, {.cram_md5 = CramMd5::kOn});
  ASSERT_TRUE(site.domain("example.org"));
  ASSERT_TRUE(run_sync(with_cram.add_account("ann@example.org", Secret("old"), "Ann")));
  for (const char* password : {"old", "new"}) {
    ASSERT_TRUE(run_sync(with_cram.set_password("ann@example.org", Secret(password))));
    for (const auto hash : {sasl::Hash::kSha1, sasl::Hash::kSha256}) {
      const auto known = run_sync(with_cram.scram_keys("ANN@example.org", hash)).value();
      ASSERT_TRUE(known.account.has_value());
      EXPECT_FALSE(known.keyless);
      EXPECT_GE(known.keys.iterations, 4096U);  // RFC 7677 §4
      EXPECT_EQ(
          crypto::make_scram_keys(hash, Secret(password), known.keys.salt, known.keys.iterations),
          known.keys);
    }
    const auto cram = run_sync(with_cram.cram_md5_keys("ann@example.org")).value();
    EXPECT_TRUE(cram.account.has_value());
    EXPECT_EQ(cram.keys, crypto::make_cram_keys(Secret(password)));
  }
  // Keys that are kept are not used where CRAM-MD5 is off, and go with the next login.
  const auto off = run_sync(site.directory.cram_md5_keys("ann@example.org")).value();
  EXPECT_FALSE(off.account.has_value());
  EXPECT_TRUE(off.keyless);
  EXPECT_TRUE(site.login("ann@example.org", "new"));
  EXPECT_TRUE(run_sync(with_cram.cram_md5_keys("ann@example.org")).value().keyless);
}

TEST(Login, AnUnknownAddressHasKeysThatLookLikeOthers) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  site.account("ann@example.org");
  const auto known = run_sync(site.directory.scram_keys("ann@example.org", sasl::Hash::kSha256));
  for (const auto hash : {sasl::Hash::kSha1, sasl::Hash::kSha256}) {
    std::set<std::string> salts;
    for (const char* address : {"nobody@example.org", "ann@elsewhere.example", "junk", ""}) {
      const auto one = run_sync(site.directory.scram_keys(address, hash)).value();
      EXPECT_FALSE(one.account.has_value());
      EXPECT_FALSE(one.keyless);
      EXPECT_EQ(one.keys.salt.size(), known->keys.salt.size());
      EXPECT_EQ(one.keys.iterations, known->keys.iterations);
      EXPECT_EQ(one.keys.stored_key.size(), sasl::octets_of(hash));
      EXPECT_TRUE(salts.insert(one.keys.salt).second);
    }
    // The same each time, however it is written, and in each process.
    Directory other(site.store, site.pool, site.clock);
    EXPECT_EQ(run_sync(other.scram_keys("NOBODY@Example.org", hash))->keys,
              run_sync(site.directory.scram_keys("nobody@example.org", hash))->keys);
  }
  EXPECT_EQ(run_sync(site.directory.cram_md5_keys("junk"))->keys.inner.size(), sasl::kMd5Octets);
  MemoryStore elsewhere;
  Directory stranger(elsewhere, site.pool, site.clock);
  EXPECT_NE(run_sync(stranger.scram_keys("junk", sasl::Hash::kSha1))->keys,
            run_sync(site.directory.scram_keys("junk", sasl::Hash::kSha1))->keys);
}

/// The octets that the first releases wrote: format 1, the hash of the password as it came.
void write_as_before(Site& site, AccountId id, std::string_view password) {
  const auto hash = crypto::hash_password(Secret(password)).value();
  store::Txn txn;
  txn.put(format::password_key(id), "\x01" + std::string(1, static_cast<char>(hash.size())) + hash);
  ASSERT_EQ(commit(site.store, std::move(txn)), Outcome::kCommitted);
}

TEST(Login, AnAccountFromBeforeGainsKeysWithItsNextLogin) {
  Site site;
  ASSERT_TRUE(site.domain("example.org"));
  const auto ann = site.account("ann@example.org", "x");
  const std::string decomposed = "Gru\xcc\x88n";  // NFD: SASLprep makes it "Gr\xc3\xbcn"
  write_as_before(site, ann.id, decomposed);
  EXPECT_TRUE(run_sync(site.directory.scram_keys("ann@example.org", sasl::Hash::kSha256))->keyless);
  EXPECT_TRUE(site.check().empty());
  EXPECT_FALSE(site.login("ann@example.org", "wrong"));
  EXPECT_TRUE(run_sync(site.directory.scram_keys("ann@example.org", sasl::Hash::kSha256))->keyless);
  EXPECT_TRUE(site.login("ann@example.org", decomposed));
  const auto known = run_sync(site.directory.scram_keys("ann@example.org", sasl::Hash::kSha256));
  ASSERT_TRUE(known->account.has_value());
  EXPECT_EQ(crypto::make_scram_keys(sasl::Hash::kSha256, Secret("Gr\xc3\xbcn"), known->keys.salt,
                                    known->keys.iterations),
            known->keys);
  EXPECT_TRUE(site.login("ann@example.org", decomposed));  // and now in all its spellings
  EXPECT_TRUE(site.login("ann@example.org", "Gr\xc3\xbcn"));
  // One that SASLprep refuses goes on as it is, but can not be set again.
  write_as_before(site, ann.id, "latin \xe4");
  EXPECT_TRUE(site.login("ann@example.org", "latin \xe4"));
  EXPECT_TRUE(run_sync(site.directory.scram_keys("ann@example.org", sasl::Hash::kSha1))->keyless);
  const auto refused =
      run_sync(site.directory.set_password("ann@example.org", Secret("latin \xe4")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::kPermanent);
}

}  // namespace
}  // namespace hikyaku::directory
