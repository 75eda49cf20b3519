// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "port/store/log_format.h"

/// The keys that the embedded engine keeps for itself, below those of records
/// (docs/formats/store.md).
namespace hikyaku::store {

inline constexpr std::string_view kLogStateKey("\x01\x00", 2);
inline constexpr std::string_view kNextBodyKey("\x01\x01", 2);
inline constexpr std::string_view kLocationPrefix("\x02", 1);
inline constexpr std::string_view kHolderPrefix("\x03", 1);
inline constexpr std::string_view kLivePrefix("\x04", 1);
inline constexpr std::string_view kSuspectPrefix("\x05", 1);

/// Where replay begins: written to RocksDB with each batch, so always as new as what is there.
struct LogState {
  static constexpr std::uint8_t kFormat = 1;
  Position position = 0;       ///< end of the last batch
  std::uint64_t sequence = 0;  ///< of the last batch

  [[nodiscard]] std::string encode() const;
  static std::optional<LogState> decode(std::string_view octets);
};

[[nodiscard]] std::string location_key(BodyId body);
[[nodiscard]] std::string holders_prefix(BodyId body);
[[nodiscard]] std::string holder_key(BodyId body, std::string_view holder);
[[nodiscard]] std::string live_key(std::uint32_t segment);
[[nodiscard]] std::string suspect_key(BodyId body);

/// The body that a location, holder or suspect key speaks of.
[[nodiscard]] std::optional<BodyId> body_of_key(std::string_view key);

/// The segment that a live key speaks of.
[[nodiscard]] std::uint32_t segment_of_key(std::string_view key);

[[nodiscard]] std::string encode_number(std::uint64_t number);
[[nodiscard]] std::optional<std::uint64_t> decode_number(std::string_view octets);

}  // namespace hikyaku::store
