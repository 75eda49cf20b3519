// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace hikyaku::smtp {

/// Cuts a client's octets into command lines.
///
/// Shape:     octets in, any chunking -> one line per read().
/// Errors:    a line over the limit is read to its end without being kept, then kTooLong. A bare
///            CR, bare LF or NUL is told as soon as it is seen; nothing is read after it.
/// Source:    RFC 5321 §2.3.7, §2.3.8, §4.5.3.1.4.
/// Invariant: at most octets_max octets are kept.
class CommandReader {
 public:
  enum class Step : unsigned char { kLine, kNeedMore, kTooLong, kBareCr, kBareLf, kNul };

  explicit CommandReader(std::size_t octets_max) : octets_max_(octets_max) {}

  /// Reads on; takes what was read off `in`.
  [[nodiscard]] Step read(std::string_view& in);
  /// The line without CRLF; valid until the next read(), as long as the input is.
  [[nodiscard]] std::string_view line() const { return line_; }
  /// Nothing of a line has been read.
  [[nodiscard]] bool empty() const { return kept_.empty() && !too_long_ && !after_cr_; }

 private:
  Step finish(std::string_view piece);
  void keep(std::string_view piece);

  std::size_t octets_max_;  ///< CRLF included
  std::string kept_;        ///< of a line that is not whole
  std::string whole_;       ///< the last line, when it came in pieces
  std::string_view line_;
  bool after_cr_ = false;
  bool too_long_ = false;
};

}  // namespace hikyaku::smtp
