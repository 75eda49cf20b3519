// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hikyaku::pop3 {

/// Makes a multi-line response of a message: a dot before each line that begins with one, line ends
/// as CRLF, and the final "." line (RFC 1939 §3). TOP stops after the header and n lines.
///
/// Shape:   the message's octets in, any chunking; what to send is appended to a buffer.
/// Threads: one owner at a time.
class MessageWriter {
 public:
  /// body_lines: nullopt for RETR, the number of lines for TOP.
  explicit MessageWriter(std::optional<std::uint32_t> body_lines = std::nullopt)
      : lines_left_(body_lines) {}

  void write(std::string_view octets, std::string& out);
  /// Ends the last line if it has no end, and the response.
  void finish(std::string& out);
  /// TOP has all it wants: the rest of the message need not be read.
  [[nodiscard]] bool done() const { return done_; }

 private:
  enum class Place : unsigned char { kLineStart, kInLine, kAfterCr };

  void line_ended();

  std::optional<std::uint32_t> lines_left_;
  Place place_ = Place::kLineStart;
  bool line_empty_ = true;
  bool in_header_ = true;
  bool done_ = false;
};

}  // namespace hikyaku::pop3
