// SPDX-License-Identifier: Apache-2.0
#include "record/mailbox/records.h"

#include "base/codec.h"

namespace hikyaku::mailbox {
namespace {

constexpr std::uint8_t kAccountFormat = 1, kMailboxFormat = 1, kReferencesFormat = 1,
                       kMessageFormat = 1, kMessageFormatSearch = 2, kChangesFormat = 1;
constexpr std::size_t kPartBytes = 80'000;
/// A summary of kSummaryOctetsMax and its frame.
constexpr std::size_t kPartsMax = kSummaryOctetsMax / kPartBytes + 2;
constexpr std::size_t kUidsMax = 1U << 20;  ///< in one commit, so that damage cannot fill memory

enum AccountBits : std::uint8_t { kDefaultsMade = 1, kRemoved = 2 };
enum MailboxBits : std::uint8_t { kSubscribed = 1, kNotSelectable = 2, kDying = 4 };

std::unexpected<Error> damaged(std::string_view what) {
  return retry_later(std::string(what) + " is damaged; run `hikyaku store check`");
}

template <class T>
T id32(Decoder& in) {
  return T(static_cast<std::uint32_t>(in.varint()));
}
std::uint32_t number32(Decoder& in) { return static_cast<std::uint32_t>(in.varint()); }

std::uint8_t format_of(const Message& message) {
  const auto& header = message.search_header;
  return header && header->size() <= kSearchHeaderOctetsMax ? kMessageFormatSearch : kMessageFormat;
}

}  // namespace

std::string encode(const AccountRecord& record) {
  Encoder out;
  out.u8(kAccountFormat).u64(record.stamp);
  out.u8(static_cast<std::uint8_t>((record.defaults_made ? kDefaultsMade : 0) |
                                   (record.removed ? kRemoved : 0)));
  out.varint(record.modseq.value).varint(record.log_floor.value).varint(record.octets);
  out.varint(record.next_mailbox.value).varint(record.next_message.value);
  out.varint(record.last_uid_validity);
  return std::move(out).take();
}

Result<AccountRecord> decode_account(std::string_view value) {
  Decoder in(value);
  if (in.u8() != kAccountFormat) return damaged("an account's mail record");
  AccountRecord out;
  out.stamp = in.u64();
  const std::uint8_t bits = in.u8();
  out.defaults_made = (bits & kDefaultsMade) != 0;
  out.removed = (bits & kRemoved) != 0;
  out.modseq = ModSeq(in.varint());
  out.log_floor = ModSeq(in.varint());
  out.octets = in.varint();
  out.next_mailbox = id32<MailboxId>(in);
  out.next_message = MessageId(in.varint());
  out.last_uid_validity = number32(in);
  if (!in.ok() || !in.at_end()) return damaged("an account's mail record");
  return out;
}

std::string encode(const MailboxRecord& record) {
  const Info& info = record.info;
  Encoder out;
  out.u8(kMailboxFormat);
  out.u8(static_cast<std::uint8_t>((info.subscribed ? kSubscribed : 0) |
                                   (info.selectable ? 0 : kNotSelectable) |
                                   (record.dying ? kDying : 0)));
  out.u8(static_cast<std::uint8_t>(info.special_use)).varint(record.parent.value);
  out.varint(info.uid_validity).varint(info.uid_next.value).varint(info.highest_modseq.value);
  out.varint(info.messages).varint(info.unseen).varint(info.deleted).varint(info.octets);
  out.varint(record.tail).string(info.name).varint(info.keywords.size());
  for (const auto& keyword : info.keywords) out.string(keyword);
  return std::move(out).take();
}

Result<MailboxRecord> decode_mailbox(MailboxId id, std::string_view value) {
  Decoder in(value);
  if (in.u8() != kMailboxFormat) return damaged("a mailbox record");
  MailboxRecord out;
  out.info.id = id;
  const std::uint8_t bits = in.u8();
  out.info.subscribed = (bits & kSubscribed) != 0;
  out.info.selectable = (bits & kNotSelectable) == 0;
  out.dying = (bits & kDying) != 0;
  out.info.special_use = static_cast<SpecialUse>(in.u8());
  out.parent = id32<MailboxId>(in);
  out.info.uid_validity = number32(in);
  out.info.uid_next = id32<Uid>(in);
  out.info.highest_modseq = ModSeq(in.varint());
  out.info.messages = number32(in);
  out.info.unseen = number32(in);
  out.info.deleted = number32(in);
  out.info.octets = in.varint();
  out.tail = number32(in);
  out.info.name = in.string();
  const std::uint64_t keywords = in.varint();
  if (!in.ok() || keywords > kKeywordsMax) return damaged("a mailbox record");
  for (std::uint64_t i = 0; i < keywords; ++i) out.info.keywords.emplace_back(in.string());
  if (!in.ok() || !in.at_end()) return damaged("a mailbox record");
  return out;
}

std::string encode(const ReferenceBlock& block) {
  Encoder out;
  out.u8(kReferencesFormat).varint(block.size());
  for (const auto& [place, count] : block) out.u8(place).varint(count);
  return std::move(out).take();
}

Result<ReferenceBlock> decode_references(std::string_view value) {
  Decoder in(value);
  if (in.u8() != kReferencesFormat) return damaged("a block of reference counts");
  ReferenceBlock out;
  for (std::uint64_t left = in.varint(); left != 0 && in.ok(); --left) {
    const std::uint8_t place = in.u8();
    const std::uint32_t count = number32(in);
    if (count < 2 || (!out.empty() && place <= out.rbegin()->first))
      return damaged("a block of reference counts");
    out.emplace_hint(out.end(), place, count);
  }
  if (!in.ok() || !in.at_end() || out.empty()) return damaged("a block of reference counts");
  return out;
}

std::vector<std::string> encode_message(const Message& message) {
  const bool too_large = message.envelope.size() + message.structure.size() > kSummaryOctetsMax;
  Encoder out;
  out.varint(message.body.value).varint(message.size);
  out.u64(static_cast<std::uint64_t>(message.internal_date.time_since_epoch().count()));
  out.string(too_large ? "" : message.envelope).string(too_large ? "" : message.structure);
  const auto format = format_of(message);
  if (format == kMessageFormatSearch) out.string(*message.search_header);
  std::string_view rest = out.view();
  const auto parts = static_cast<std::uint8_t>((rest.size() + kPartBytes - 1) / kPartBytes);
  Encoder first;
  first.u8(format).u8(parts).raw(rest.substr(0, kPartBytes));
  std::vector<std::string> values;
  values.push_back(std::move(first).take());
  while (rest.size() > kPartBytes) {
    rest.remove_prefix(kPartBytes);
    values.emplace_back(rest.substr(0, kPartBytes));
  }
  return values;
}

Result<MessageHead> decode_message_head(std::string_view first_part) {
  Decoder in(first_part);
  const std::uint8_t format = in.u8();
  MessageHead out;
  out.parts = in.u8();
  out.body = BodyId(in.varint());
  out.size = in.varint();
  const bool known = format == kMessageFormat || format == kMessageFormatSearch;
  if (!known || !in.ok() || out.parts == 0 || out.parts > kPartsMax)
    return damaged("a message record");
  return out;
}

Result<Message> decode_message(MessageId id, std::span<const std::string_view> parts) {
  HK_TRY(decode_message_head(parts.front()));
  std::string joined;
  std::string_view text = parts.front();
  if (parts.size() > 1) {
    for (const auto part : parts) joined += part;
    text = joined;
  }
  Decoder in(text);
  const std::uint8_t format = in.u8();
  in.u8();
  Message out;
  out.id = id;
  out.body = BodyId(in.varint());
  out.size = in.varint();
  out.internal_date = UnixTime(Duration(static_cast<std::int64_t>(in.u64())));
  out.envelope = in.string();
  out.structure = in.string();
  if (format == kMessageFormatSearch) out.search_header = in.string();
  if (!in.ok() || !in.at_end()) return damaged("a message record");
  return out;
}

std::string encode_changes(const std::vector<Change>& changes) {
  Encoder out;
  out.u8(kChangesFormat).varint(changes.size());
  for (const auto& change : changes) {
    out.u8(static_cast<std::uint8_t>(change.kind)).varint(change.mailbox.value);
    // UIDs as runs: distance of the run's first from the end of the run before, and its length.
    Encoder runs;
    std::uint64_t count = 0;
    std::uint32_t after = 0;
    for (std::size_t i = 0; i < change.uids.size(); ++count) {
      const std::uint32_t first = change.uids[i].value;
      std::uint32_t length = 0;
      while (i < change.uids.size() && change.uids[i].value - first == length) ++length, ++i;
      runs.varint(first - after).varint(length);
      after = first + length;
    }
    out.varint(count).raw(runs.view());
  }
  return std::move(out).take();
}

Result<std::vector<Change>> decode_changes(ModSeq modseq, std::string_view value) {
  Decoder in(value);
  if (in.u8() != kChangesFormat) return damaged("the change log");
  std::vector<Change> out;
  std::size_t room = kUidsMax;
  for (std::uint64_t changes = in.varint(); changes != 0 && in.ok(); --changes) {
    Change change;
    change.modseq = modseq;
    change.kind = static_cast<Change::Kind>(in.u8());
    change.mailbox = id32<MailboxId>(in);
    std::uint32_t at = 0;
    for (std::uint64_t runs = in.varint(); runs != 0 && in.ok(); --runs) {
      at += number32(in);
      const std::uint64_t length = in.varint();
      if (length > room) return damaged("the change log");
      room -= length;
      for (std::uint64_t i = 0; i < length; ++i) change.uids.emplace_back(at++);
    }
    out.push_back(std::move(change));
  }
  if (!in.ok() || !in.at_end()) return damaged("the change log");
  return out;
}

}  // namespace hikyaku::mailbox
