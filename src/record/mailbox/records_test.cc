// SPDX-License-Identifier: Apache-2.0
// Goal: every stored value comes back as it was written, and one that is cut at any octet is an
// error of ours (retry later), never a wrong value.
#include "record/mailbox/records.h"

#include <gtest/gtest.h>

#include <random>

#include "record/mailbox/chunk_codec.h"
#include "record/mailbox/keys.h"

namespace hikyaku::mailbox {
namespace {

/// Decodes every true prefix of `value`: each must fail, with the remedy of damage.
template <class Decode>
void expect_cuts_fail(const std::string& value, Decode decode) {
  for (std::size_t length = 0; length < value.size(); ++length) {
    const auto result = decode(std::string_view(value).substr(0, length));
    ASSERT_FALSE(result) << "cut at " << length;
    ASSERT_EQ(result.error().remedy, Remedy::kRetryLater);
  }
  EXPECT_FALSE(decode(value + "x"));
  std::string newer = value;
  newer[0] = '\x7f';
  EXPECT_FALSE(decode(newer)) << "a format that is not known";
}

Index::Chunk chunk_of(std::size_t count, std::uint64_t spread, unsigned seed) {
  std::mt19937_64 random(seed);
  Index::Chunk chunk;
  std::uint32_t uid = 10;
  chunk.key = Uid(uid);
  for (std::size_t i = 0; i < count; ++i) {
    Entry entry;
    entry.uid = Uid(uid += 1 + static_cast<std::uint32_t>(random() % (spread % 1'000'000 + 1)));
    entry.flags = static_cast<std::uint32_t>(random() % (spread + 1)) & kAllFlags;
    entry.keywords = spread == 0 ? 0 : random() % spread;
    entry.modseq = ModSeq(5 + (spread == 0 ? 0 : random() % spread));
    entry.message = MessageId(spread == 0 ? i : random() % spread);
    entry.size = static_cast<std::uint32_t>(spread == 0 ? 7 : random() % spread);
    chunk.entries.push_back(entry);
  }
  return chunk;
}

TEST(Chunk, ComesBackInEveryShape) {
  for (const std::size_t count : {1UL, 2UL, 255UL, 256UL}) {
    for (const std::uint64_t spread :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{200}, std::uint64_t{60'000},
          std::uint64_t{4'000'000'000}, std::uint64_t{1} << 62}) {
      const auto chunk = chunk_of(count, spread, static_cast<unsigned>(count + spread % 100));
      const auto value = encode_chunk(chunk);
      const auto again = decode_chunk(chunk.key, value);
      ASSERT_TRUE(again) << count << " " << spread;
      EXPECT_EQ((*again)->key, chunk.key);
      EXPECT_EQ((*again)->entries, chunk.entries);
      // Several dozens of these fit one transaction.
      EXPECT_LE(value.size(), 34 * count + 80);
    }
  }
}

TEST(Chunk, OfUsualMailIsSmall) {
  auto chunk = chunk_of(256, 0, 1);
  for (std::size_t i = 0; i < 256; ++i) {
    chunk.entries[i].modseq = ModSeq(1'000'000 + i * 3);
    chunk.entries[i].size = static_cast<std::uint32_t>(4'000 + i * 77);
    chunk.entries[i].flags = i % 7 == 0 ? 0 : kSeen;
  }
  EXPECT_LE(encode_chunk(chunk).size(), 256 * 6);
}

TEST(Chunk, CutIsDamage) {
  for (const std::uint64_t spread : {std::uint64_t{0}, std::uint64_t{300}}) {
    const auto chunk = chunk_of(40, spread, 3);
    expect_cuts_fail(encode_chunk(chunk),
                     [](std::string_view v) { return decode_chunk(Uid(10), v); });
  }
}

TEST(Chunk, UidsMustRise) {
  auto chunk = chunk_of(3, 0, 1);
  EXPECT_FALSE(decode_chunk(Uid(12), encode_chunk(chunk))) << "first UID below the key";
  std::swap(chunk.entries[0], chunk.entries[1]);
  EXPECT_FALSE(decode_chunk(Uid(10), encode_chunk(chunk)));
}

TEST(Tail, EntryComesBack) {
  const Entry entry{Uid(4'000'000'000U), 31,      ~std::uint64_t{0}, ModSeq(1ULL << 40),
                    MessageId(77),       1U << 30};
  const auto value = encode_tail_entry(entry);
  EXPECT_EQ(*decode_tail_entry(entry.uid, value), entry);
  expect_cuts_fail(value, [](std::string_view v) { return decode_tail_entry(Uid(1), v); });
  EXPECT_LE(encode_tail_entry({Uid(1), 0, 0, ModSeq(5'000), MessageId(5'000), 4'000}).size(), 10U);
}

TEST(Records, AccountComesBack) {
  AccountRecord record;
  record.stamp = 0x123456789abcdef0;
  record.modseq = ModSeq(300);
  record.log_floor = ModSeq(20);
  record.octets = 1ULL << 40;
  record.next_mailbox = MailboxId(9);
  record.next_message = MessageId(500);
  record.last_uid_validity = 1'700'000'000;
  record.defaults_made = true;
  const auto value = encode(record);
  const auto again = decode_account(value);
  ASSERT_TRUE(again);
  EXPECT_EQ(encode(*again), value);
  EXPECT_EQ(again->octets, record.octets);
  EXPECT_EQ(again->next_message, record.next_message);
  EXPECT_TRUE(again->defaults_made);
  EXPECT_FALSE(again->removed);
  expect_cuts_fail(value, decode_account);
}

TEST(Records, MailboxComesBack) {
  MailboxRecord record;
  record.info = {
      MailboxId(3), "名前",        SpecialUse::kJunk, true, false, 17, Uid(5), ModSeq(900), 4, 3, 2,
      123'456,      {"$Junk", "a"}};
  record.parent = MailboxId(2);
  record.tail = 7;
  record.dying = true;
  const auto value = encode(record);
  const auto again = decode_mailbox(MailboxId(3), value);
  ASSERT_TRUE(again);
  EXPECT_EQ(encode(*again), value);
  EXPECT_EQ(again->info.name, "名前");
  EXPECT_EQ(again->info.keywords, record.info.keywords);
  EXPECT_FALSE(again->info.selectable);
  EXPECT_TRUE(again->dying);
  expect_cuts_fail(value, [](std::string_view v) { return decode_mailbox(MailboxId(3), v); });
}

TEST(Records, ReferenceBlockComesBack) {
  const ReferenceBlock block{{0, 2}, {7, 300}, {255, 3}};
  const auto value = encode(block);
  EXPECT_EQ(*decode_references(value), block);
  expect_cuts_fail(value, decode_references);
  EXPECT_FALSE(decode_references(encode(ReferenceBlock{{3, 1}}))) << "1 is not shared";
}

TEST(Records, MessageComesBack) {
  Message message;
  message.id = MessageId(1);
  message.body = BodyId(1ULL << 60);
  message.size = 12'345;
  message.internal_date = UnixTime(Duration(-1'000'000));  // before 1970
  message.envelope = std::string(100, 'e');
  message.structure = std::string("\0\1\2", 3);
  const auto parts = encode_message(message);
  ASSERT_EQ(parts.size(), 1U);
  const auto decode = [](std::string_view v) {
    return decode_message(MessageId(1), std::array<std::string_view, 1>{v});
  };
  const auto again = decode(parts[0]);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->body, message.body);
  EXPECT_EQ(again->size, message.size);
  EXPECT_EQ(again->internal_date, message.internal_date);
  EXPECT_EQ(again->envelope, message.envelope);
  EXPECT_EQ(again->structure, message.structure);
  EXPECT_EQ(again->search_header, std::nullopt);
  expect_cuts_fail(parts[0], decode);
}

TEST(Records, SearchHeaderComesBackWhileItIsSmall) {
  struct Case {
    std::optional<std::string> header;
    bool kept;
  };
  const auto decode = [](std::string_view v) {
    return decode_message(MessageId(1), std::array<std::string_view, 1>{v});
  };
  for (const auto& [header, kept] :
       {Case{std::nullopt, false}, Case{"", true}, Case{"Subject: x\r\n", true},
        Case{std::string(kSearchHeaderOctetsMax, 'x'), true},
        Case{std::string(kSearchHeaderOctetsMax + 1, 'x'), false}}) {
    Message message;
    message.body = BodyId(1);
    message.structure = "s";
    message.search_header = header;
    const auto parts = encode_message(message);
    ASSERT_EQ(parts.size(), 1U);
    const auto again = decode(parts[0]);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->structure, "s");
    EXPECT_EQ(again->search_header, kept ? header : std::nullopt);
    EXPECT_TRUE(decode_message_head(parts[0]));
    if (parts[0].size() < 1000) expect_cuts_fail(parts[0], decode);
  }
}

TEST(Records, ChangesComeBackAsRuns) {
  std::vector<Change> changes{
      {ModSeq(8), Change::Kind::kExpunged, MailboxId(2), {}},
      {ModSeq(8), Change::Kind::kAdded, MailboxId(300), {Uid(1), Uid(4'294'967'295U)}},
      {ModSeq(8), Change::Kind::kMailbox, MailboxId(1), {}}};
  for (std::uint32_t uid = 5; uid < 10'000; ++uid)
    if (uid % 1000 != 0) changes[0].uids.emplace_back(uid);
  const auto value = encode_changes(changes);
  EXPECT_LE(value.size(), 100U);
  const auto again = decode_changes(ModSeq(8), value);
  ASSERT_TRUE(again);
  ASSERT_EQ(again->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*again)[i].kind, changes[i].kind);
    EXPECT_EQ((*again)[i].mailbox, changes[i].mailbox);
    EXPECT_EQ((*again)[i].uids, changes[i].uids);
    EXPECT_EQ((*again)[i].modseq, ModSeq(8));
  }
  expect_cuts_fail(value, [](std::string_view v) { return decode_changes(ModSeq(8), v); });
}

TEST(Keys, AreWhatTheySay) {
  const AccountId account(0x0102030405060708);
  EXPECT_EQ(key::account(account), "A\x01\x02\x03\x04\x05\x06\x07\x08");
  for (const auto& text :
       {key::account(account), key::mailbox(account, MailboxId(3)),
        key::references(account, MessageId(4)), key::chunk(account, MailboxId(3), Uid(5)),
        key::tail(account, MailboxId(3), Uid(5)), key::message(account, MessageId(4)),
        key::message_part(account, MessageId(4), 2), key::change(account, ModSeq(6))}) {
    const auto parsed = key::parse(text);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->account, account);
    for (std::size_t length = 0; length < text.size(); ++length) {
      // Cut short it is another kind of key, or none, but never itself.
      const auto cut = key::parse(text.substr(0, length));
      EXPECT_FALSE(cut && cut->kind == parsed->kind && cut->part == parsed->part) << length;
    }
  }
  // Two keys never say the same: part 0 is the message itself, and a block's number has 56 bits.
  EXPECT_FALSE(key::parse(key::message(account, MessageId(4)) + std::string(1, '\0')));
  auto wide = key::references(account, MessageId(4));
  wide[wide.size() - 8] = '\1';
  EXPECT_FALSE(key::parse(wide));
  // A chunk lies before the tail, and all of a mailbox's index in one range.
  EXPECT_LT(key::chunk(account, MailboxId(3), Uid(0xffffffff)),
            key::tail(account, MailboxId(3), Uid(1)));
}

}  // namespace
}  // namespace hikyaku::mailbox
