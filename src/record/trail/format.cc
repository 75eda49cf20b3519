// SPDX-License-Identifier: Apache-2.0
#include "record/trail/format.h"

#include <algorithm>

#include "base/codec.h"

namespace hikyaku::trail::format {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr char kSpace = 'T';
constexpr char kMessages = 1;
constexpr std::size_t kHeadKeyBytes = 2 + 8;
constexpr std::size_t kEventsKeyBytes = kHeadKeyBytes + 8 + 8 + 4;

std::string_view cut(std::string_view text, std::size_t octets_max) {
  if (text.size() <= octets_max) return text;
  // Not in the middle of a UTF-8 character.
  while (octets_max > 0 && (static_cast<unsigned char>(text[octets_max]) & 0xc0) == 0x80)
    --octets_max;
  return text.substr(0, octets_max);
}

/// How many of the facts fit into a value, each cut to its limit.
std::size_t facts_that_fit(const Event& event) {
  constexpr std::size_t kAround = 32;  // time, kind, counts and lengths
  std::size_t octets = kAround;
  std::size_t n = 0;
  for (const auto& [key, value] : event.facts) {
    octets += std::min(key.size(), kFactOctetsMax) + std::min(value.size(), kFactOctetsMax) + 4;
    if (octets > kEventsOctets) break;
    ++n;
  }
  return n;
}

std::string encode_event(const Event& event) {
  const auto facts = facts_that_fit(event);
  Encoder out;
  out.u64(static_cast<std::uint64_t>(event.time.time_since_epoch().count()));
  out.u8(static_cast<std::uint8_t>(event.kind));
  out.varint(facts);
  for (std::size_t i = 0; i < facts; ++i)
    out.string(cut(event.facts[i].first, kFactOctetsMax))
        .string(cut(event.facts[i].second, kFactOctetsMax));
  return std::move(out).take();
}

Event read_event(Decoder& in) {
  Event event;
  event.time = UnixTime(Duration(static_cast<std::int64_t>(in.u64())));
  event.kind = static_cast<Kind>(in.u8());
  for (auto n = in.varint(); n > 0 && in.ok(); --n) {
    const auto key = in.string();
    const auto value = in.string();
    event.facts.emplace_back(key, value);
  }
  return event;
}

}  // namespace

StoredHead shorten(const Head& head) {
  StoredHead out;
  out.head.id = head.id;
  out.head.from = cut(head.from, kAddressOctetsMax);
  out.head.message_id = cut(head.message_id, kFactOctetsMax);
  out.recipients = head.to.size();
  std::size_t octets = 0;
  for (const auto& to : head.to) {
    octets += to.size();
    if (out.head.to.size() == kRecipientsMax || octets > kRecipientsOctetsMax) break;
    out.head.to.emplace_back(cut(to, kAddressOctetsMax));
  }
  return out;
}

std::string encode(const StoredHead& stored) {
  Encoder out;
  out.u8(kFormat).string(stored.head.from).string(stored.head.message_id);
  out.varint(stored.recipients).varint(stored.head.to.size());
  for (const auto& to : stored.head.to) out.string(to);
  return std::move(out).take();
}

Result<StoredHead> decode_head(TrackingId id, std::string_view value) {
  Decoder in(value);
  if (in.u8() != kFormat) return retry_later("a trail's head has a format that is not known");
  StoredHead out;
  out.head.id = id;
  out.head.from = in.string();
  out.head.message_id = in.string();
  out.recipients = in.varint();
  for (auto n = in.varint(); n > 0 && in.ok(); --n) out.head.to.emplace_back(in.string());
  HK_TRY(in.finish("a trail's head"));
  return out;
}

std::vector<std::string> encode(const std::vector<Event>& events) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto octets = encode_event(events[i]);
    if (out.empty() || out.back().size() + octets.size() > kEventsOctets) {
      if (out.size() == kEventValuesMax) {
        Event event{events[i].time, Kind::kDecision, {}};
        event.facts.emplace_back("reason",
                                 std::to_string(events.size() - i) + " more events are not kept");
        out.back() += encode_event(event);
        break;
      }
      out.emplace_back(1, static_cast<char>(kFormat));
    }
    out.back() += octets;
  }
  return out;
}

Result<std::vector<Event>> decode_events(std::string_view value) {
  Decoder in(value);
  if (in.u8() != kFormat) return retry_later("an event of a trail has a format that is not known");
  std::vector<Event> out;
  while (in.ok() && !in.at_end()) out.push_back(read_event(in));
  HK_TRY(in.finish("an event of a trail"));
  return out;
}

std::string message_prefix(TrackingId id) {
  Encoder key;
  key.u8(kSpace).u8(kMessages).u64(id.value);
  return std::move(key).take();
}

std::string events_key(TrackingId id, QueueId part, UnixTime time, std::uint32_t serial) {
  Encoder key;
  key.u8(kSpace).u8(kMessages).u64(id.value).u64(part.value);
  key.u64(static_cast<std::uint64_t>(time.time_since_epoch().count())).u32(serial);
  return std::move(key).take();
}

std::optional<MessageKey> parse_message_key(std::string_view key) {
  if (key.size() != kHeadKeyBytes && key.size() != kEventsKeyBytes) return std::nullopt;
  Decoder in(key);
  if (in.u8() != kSpace || in.u8() != kMessages) return std::nullopt;
  return MessageKey{TrackingId(in.u64()), in.at_end()};
}

std::string index_prefix(Side side, std::string_view address) {
  Encoder key;
  key.u8(kSpace).u8(static_cast<std::uint8_t>(side)).raw(fold(address)).u8(0);
  return std::move(key).take();
}

std::vector<std::string> index_keys(const Head& head) {
  std::vector<std::string> out;
  const auto one = [&](Side side, std::string_view address) {
    Encoder key;
    key.raw(index_prefix(side, address)).u64(head.id.value);
    out.push_back(std::move(key).take());
  };
  const auto both = [&](Side side, const std::string& address) {
    const auto folded = fold(address);
    one(side, folded);
    if (const auto domain = domain_of(folded); !domain.empty()) one(side, domain);
  };
  both(Side::kFrom, head.from);
  for (const auto& to : head.to) both(Side::kTo, to);
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::optional<TrackingId> parse_index_key(std::string_view key) {
  if (key.size() < 2 + 1 + 8 || key[key.size() - 9] != 0) return std::nullopt;
  return TrackingId(Decoder(key.substr(key.size() - 8)).u64());
}

std::string messages_begin() { return {kSpace, kMessages}; }
std::string index_begin() { return {kSpace, static_cast<char>(Side::kFrom)}; }
std::string index_end() { return {kSpace, static_cast<char>(Side::kTo) + 1}; }
std::string index_value() { return {static_cast<char>(kFormat)}; }

std::string fold(std::string_view address) {
  std::string out;
  for (const char c : cut(address, kAddressOctetsMax)) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  if (out.empty()) return "<>";
  return out;
}

std::string_view domain_of(std::string_view folded) {
  const auto at = folded.rfind('@');
  return at == std::string_view::npos ? std::string_view() : folded.substr(at);
}

}  // namespace hikyaku::trail::format
