// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "record/trail/trail.h"

/// Keys and values of the trail in the store: docs/formats/trail.md.
namespace hikyaku::trail::format {

inline constexpr std::size_t kFactOctetsMax = 1024;
inline constexpr std::size_t kRecipientsMax = 1'000;
inline constexpr std::size_t kRecipientsOctetsMax = 40'000;
inline constexpr std::size_t kAddressOctetsMax = 400;  ///< in a head and in a key
inline constexpr std::size_t kEventsOctets = 30'000;   ///< of one value
inline constexpr std::size_t kEventValuesMax = 4;      ///< of one call

/// The head as it is kept: shortened to the limits; `recipients` is how many there were.
struct StoredHead {
  Head head;
  std::uint64_t recipients = 0;
};

[[nodiscard]] StoredHead shorten(const Head& head);
[[nodiscard]] std::string encode(const StoredHead& stored);
[[nodiscard]] Result<StoredHead> decode_head(TrackingId id, std::string_view value);

/// The events in as few values as hold them; what is over the limits is cut, and said so.
[[nodiscard]] std::vector<std::string> encode(const std::vector<Event>& events);
[[nodiscard]] Result<std::vector<Event>> decode_events(std::string_view value);

/// The keys of a message begin with its prefix, which is itself the head's key.
[[nodiscard]] std::string message_prefix(TrackingId id);
[[nodiscard]] std::string events_key(TrackingId id, QueueId part, UnixTime time,
                                     std::uint32_t serial);
/// The tracking number in a key of a message, and whether the key is the head's.
struct MessageKey {
  TrackingId id;
  bool is_head = false;
};
[[nodiscard]] std::optional<MessageKey> parse_message_key(std::string_view key);

enum class Side : unsigned char { kFrom = 2, kTo = 3 };
/// Prefix of the index entries of an address, or of all addresses of "@domain".
[[nodiscard]] std::string index_prefix(Side side, std::string_view address);
/// All index keys of a message, each once.
[[nodiscard]] std::vector<std::string> index_keys(const Head& head);
[[nodiscard]] std::optional<TrackingId> parse_index_key(std::string_view key);

[[nodiscard]] std::string messages_begin();
[[nodiscard]] std::string index_begin();
[[nodiscard]] std::string index_end();
/// The value of an index entry: its format octet.
[[nodiscard]] std::string index_value();

/// As it is compared: small ASCII letters, no control characters, bounded; "<>" for an empty one.
[[nodiscard]] std::string fold(std::string_view address);
/// "@domain" of a folded address, or empty.
[[nodiscard]] std::string_view domain_of(std::string_view folded);

}  // namespace hikyaku::trail::format
