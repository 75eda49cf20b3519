// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hikyaku::intake {

/// Counts fields of a message's header as it passes, in any chunking.
///
/// Source: RFC 5321 §6.3 (Received, for loops); RFC 5322 §3.6 (one From).
class HeaderWatch {
 public:
  void push(std::string_view octets);

  [[nodiscard]] std::size_t received_fields() const { return received_; }
  [[nodiscard]] std::size_t from_fields() const { return from_; }

 private:
  void end_line();

  static constexpr std::size_t kKept = 16;  ///< of each line: enough for the names we look for
  std::string line_;                        ///< the first octets of this line
  bool empty_line_ = true;                  ///< nothing but a CR was in it so far
  bool in_header_ = true;
  std::size_t received_ = 0;
  std::size_t from_ = 0;
};

}  // namespace hikyaku::intake
