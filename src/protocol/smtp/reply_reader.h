// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "protocol/smtp/reply.h"

namespace hikyaku::smtp {

/// Cuts a server's octets into replies.
///
/// Shape:     octets in, any chunking -> one Reply per next(); nullopt = needs more.
/// Errors:    kClosePeer for a line that is no reply, two codes in one reply, a line that CRLF does
///            not end, a line over 2,048 octets (RFC 5321 §4.5.3.1.5 has 512), a reply over 256
///            lines or 64 KiB: nothing after it can be trusted.
/// Enhanced:  a status at the beginning of the first line, of the code's own class, is taken off
///            every line that has it (RFC 2034 §4).
/// Source:    RFC 5321 §4.2, §4.2.1.
/// Invariant: buffered octets < line limit + what was fed.
class ReplyReader {
 public:
  static constexpr std::size_t kLineOctetsMax = 2048;
  static constexpr std::size_t kLinesMax = 256;
  static constexpr std::size_t kTextOctetsMax = 65536;

  /// Reads on; takes what was read off `in`.
  [[nodiscard]] Result<std::optional<Reply>> next(std::string_view& in);
  /// Nothing of a reply has been read.
  [[nodiscard]] bool empty() const { return line_.empty() && lines_ == 0; }
  void reset() { *this = ReplyReader(); }

 private:
  [[nodiscard]] Result<bool> take_line(std::string_view line);

  std::string line_;
  Reply reply_;
  std::size_t lines_ = 0;
};

}  // namespace hikyaku::smtp
