// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hikyaku::intake {

/// Counts fields of a message's header as it passes, in any chunking, as mime::HeaderReader sees
/// them.
///
/// Source: RFC 5321 §6.3 (Received, for loops); RFC 5322 §3.6 (one From), §4.5 (white space before
///         the colon).
class HeaderWatch {
 public:
  void push(std::string_view octets);

  [[nodiscard]] std::size_t received_fields() const { return received_; }
  [[nodiscard]] std::size_t from_fields() const { return from_; }

 private:
  /// Where in a line the next octet stands.
  enum class Place : unsigned char { kName, kSpace, kValue, kNoField };

  void look_at(std::string_view piece);
  void end_line();

  static constexpr std::size_t kKept = 9;  ///< of a name: tells "Received" from what is longer
  std::string name_;
  Place place_ = Place::kName;
  bool begun_ = false;      ///< an octet of this line was seen
  bool empty_line_ = true;  ///< nothing but one CR was in it so far
  bool in_header_ = true;
  std::size_t received_ = 0;
  std::size_t from_ = 0;
};

}  // namespace hikyaku::intake
