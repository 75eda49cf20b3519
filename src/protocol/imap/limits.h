// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace hikyaku::imap {

/// What one connection may make us hold or read. Sizes in octets.
struct Limits {
  /// One line, without literals. RFC 7162 §4 asks for 8192 or more; clients send long UID lists.
  std::size_t line_octets_max = 64 * 1024;
  /// One whole command with its literals, a message in APPEND excepted.
  std::size_t command_octets_max = 256 * 1024;
  /// The same two before login, where user names and passwords are the longest things.
  std::size_t line_octets_before_login_max = 8 * 1024;
  std::size_t command_octets_before_login_max = 16 * 1024;
  /// One message in APPEND.
  std::uint64_t message_octets_max = 50ULL * 1024 * 1024;
  /// How much of a command that we refused we read and throw away, before we rather hang up.
  std::uint64_t skip_octets_max = 256ULL * 1024 * 1024;
  /// Parentheses inside of each other, in SEARCH.
  std::size_t nesting_max = 32;
  /// Commands that are refused in a row before we hang up.
  std::size_t bad_commands_max = 20;
};

}  // namespace hikyaku::imap
