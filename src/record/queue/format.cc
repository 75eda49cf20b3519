// SPDX-License-Identifier: Apache-2.0
#include "record/queue/format.h"

#include "base/codec.h"

namespace hikyaku::queue::format {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kDueFormat = 2;
// Without the sender: it is taken for the null sender until the entry is written anew.
constexpr std::uint8_t kDueFormatBefore = 1;
// The partition that an item belongs to. One for now: more owners can share the queue later.
constexpr char kPartition = 0;
constexpr std::size_t kItemKeyBytes = 2 + 8;
constexpr std::size_t kDueKeyBytes = 2 + 8 + 8;
constexpr std::uint8_t kEightBit = 1;
constexpr std::uint8_t kDelayWarned = 2;
constexpr std::uint8_t kSmtpUtf8 = 4;

std::string prefix(char space) { return {space, kPartition}; }
std::string after(char space) { return {space, kPartition + 1}; }

std::uint64_t to_number(UnixTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}
UnixTime to_time(std::uint64_t number) {
  return UnixTime(Duration(static_cast<std::int64_t>(number)));
}

void write_recipient(Encoder& out, const Recipient& recipient) {
  out.string(recipient.address).string(recipient.original).u8(recipient.notify);
  out.u8(static_cast<std::uint8_t>(recipient.state));
  out.string(std::string_view(recipient.last_reply).substr(0, kReplyOctetsMax));
}

std::optional<Recipient> read_recipient(Decoder& in) {
  Recipient recipient;
  recipient.address = in.string();
  recipient.original = in.string();
  recipient.notify = in.u8();
  const auto state = in.u8();
  recipient.last_reply = in.string();
  if (state < static_cast<std::uint8_t>(State::kWaiting) ||
      state > static_cast<std::uint8_t>(State::kExpanded))
    return std::nullopt;
  recipient.state = static_cast<State>(state);
  return recipient;
}

std::unexpected<Error> damaged(QueueId id) {
  return retry_later("queue item " + to_text(id) + " is damaged; run `hikyaku store check`");
}

}  // namespace

std::string item_key(QueueId id) {
  return std::move(Encoder().raw(prefix('Q')).u64(id.value)).take();
}

std::optional<QueueId> parse_item_key(std::string_view key) {
  if (key.size() != kItemKeyBytes || !key.starts_with(prefix('Q'))) return std::nullopt;
  return QueueId(Decoder(key.substr(2)).u64());
}

std::string items_begin() { return prefix('Q'); }
std::string items_end() { return after('Q'); }
std::string due_begin() { return prefix('E'); }
std::string due_end() { return after('E'); }
std::string count_key() { return prefix('G'); }

std::string encode(const Item& item) {
  Encoder out;
  out.u8(kFormat).u64(item.tracking.value).string(item.sender).string(item.envelope_id);
  out.u8(item.ret).string(item.destination).u64(item.body.value);
  out.varint(item.skip_octets).varint(item.size);
  out.u8(static_cast<std::uint8_t>((item.eight_bit ? kEightBit : 0) |
                                   (item.delay_warned ? kDelayWarned : 0) |
                                   (item.smtputf8 ? kSmtpUtf8 : 0)));
  out.u64(to_number(item.created)).u64(to_number(item.due)).varint(item.attempts);
  out.varint(item.recipients.size());
  for (const auto& recipient : item.recipients) write_recipient(out, recipient);
  return std::move(out).take();
}

Result<Item> decode(QueueId id, std::string_view value) {
  Decoder in(value);
  if (in.u8() != kFormat)
    return retry_later("queue item " + to_text(id) + " has a format that is not known");
  Item item;
  item.id = id;
  item.tracking = TrackingId(in.u64());
  item.sender = in.string();
  item.envelope_id = in.string();
  item.ret = in.u8();
  item.destination = in.string();
  item.body = BodyId(in.u64());
  item.skip_octets = in.varint();
  item.size = in.varint();
  const auto flags = in.u8();
  item.eight_bit = (flags & kEightBit) != 0;
  item.delay_warned = (flags & kDelayWarned) != 0;
  item.smtputf8 = (flags & kSmtpUtf8) != 0;
  item.created = to_time(in.u64());
  item.due = to_time(in.u64());
  item.attempts = static_cast<std::uint32_t>(in.varint());
  const auto recipients = in.varint();
  if (recipients == 0 || recipients > kRecipientsMax) return damaged(id);
  for (std::uint64_t i = 0; i < recipients && in.ok(); ++i) {
    auto recipient = read_recipient(in);
    if (!recipient) return damaged(id);
    item.recipients.push_back(std::move(*recipient));
  }
  if (!in.ok() || !in.at_end()) return damaged(id);
  return item;
}

std::string due_key(UnixTime due, QueueId id) {
  return std::move(Encoder().raw(prefix('E')).u64(to_number(due)).u64(id.value)).take();
}

std::string due_value(std::string_view destination, SenderKey sender) {
  Encoder out;
  out.u8(kDueFormat).u32(sender.domain).u32(sender.local).raw(destination);
  return std::move(out).take();
}

Result<Due> decode_due(std::string_view key, std::string_view value) {
  Decoder content(value);
  const auto format = content.u8();
  Due out;
  if (format == kDueFormat) {
    out.sender.domain = content.u32();
    out.sender.local = content.u32();
  }
  if (key.size() != kDueKeyBytes || !key.starts_with(prefix('E')) || !content.ok() ||
      (format != kDueFormat && format != kDueFormatBefore))
    return retry_later("the queue's due index is damaged; run `hikyaku store check`");
  Decoder in(key.substr(2));
  out.due = to_time(in.u64());
  out.id = QueueId(in.u64());
  out.destination = content.rest();
  return out;
}

std::optional<QueueId> parse_body_holder(std::string_view holder) {
  if (holder.size() != 9 || !holder.starts_with('Q')) return std::nullopt;
  return QueueId(Decoder(holder.substr(1)).u64());
}

std::string body_holder(QueueId id) { return std::move(Encoder().raw("Q").u64(id.value)).take(); }

}  // namespace hikyaku::queue::format
