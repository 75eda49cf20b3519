// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::smtp {

/// NOTIFY of RFC 3461 §4.1: for which outcomes of a recipient the sender wants a report. The values
/// are kept in the store.
class Notify {
 public:
  static constexpr std::uint8_t kNever = 1, kSuccess = 2, kFailure = 4, kDelay = 8;

  Notify() = default;  ///< not given: failures and delays
  explicit Notify(std::uint8_t bits) : bits_(bits) {}
  /// "NEVER", or "SUCCESS,FAILURE,DELAY" or some of these, in any case. nullopt for all else.
  [[nodiscard]] static std::optional<Notify> parse(std::string_view text);

  [[nodiscard]] std::uint8_t bits() const { return bits_; }
  [[nodiscard]] bool given() const { return bits_ != 0; }
  [[nodiscard]] bool success() const { return (bits_ & kSuccess) != 0; }
  [[nodiscard]] bool failure() const { return !given() || (bits_ & kFailure) != 0; }
  [[nodiscard]] bool delay() const { return !given() || (bits_ & kDelay) != 0; }
  /// The same for those to whom an alias leads, when its own success was reported (§5.2.7.3).
  [[nodiscard]] Notify without_success() const;
  [[nodiscard]] std::string text() const;  ///< as parse() takes it; empty when not given

  friend bool operator==(Notify, Notify) = default;

 private:
  std::uint8_t bits_ = 0;
};

/// RET of RFC 3461 §4.3: how much of a message that failed comes back. The values are kept in the
/// store.
enum class Ret : std::uint8_t { kNotGiven = 0, kFull = 1, kHeaders = 2 };

}  // namespace hikyaku::smtp
