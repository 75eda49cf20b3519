// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/clock.h"

namespace hikyaku::crypto {

/// The keys that session tickets are sealed with: in memory only, a new one every 12 hours, the one
/// before still opens its tickets for as long.
///
/// Source:  RFC 5077 §5.5 (keys change, and are not shared); RFC 8446 C.4. Threads: any.
class TicketKeys {
 public:
  static constexpr std::chrono::hours kLife{12};

  struct Key {
    std::array<std::uint8_t, 16> name;
    std::array<std::uint8_t, 32> cipher;
    std::array<std::uint8_t, 32> mac;
    SteadyTime made;
  };
  enum class Age : unsigned char { kPresent, kPast };
  struct Found {
    Key key;
    Age age;
  };

  /// For a new ticket.
  Key present(SteadyTime now);
  /// For a ticket that came back; nullopt: too old, or not ours.
  std::optional<Found> find(const std::uint8_t* name, SteadyTime now);

 private:
  void rotate(SteadyTime now);

  std::mutex mutex_;
  std::optional<Key> present_;
  std::optional<Key> past_;
};

}  // namespace hikyaku::crypto
