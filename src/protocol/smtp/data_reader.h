// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/smtp/server_config.h"

namespace hikyaku::smtp {

/// Finds the end of DATA, takes the dots off, and refuses what is no text with CRLF.
///
/// Shape:     octets in, any chunking -> views into them without a copy; the same octets in sum.
/// Units:     octets of the message: stuffed dots and the final dot are not counted.
/// End:       CRLF.CRLF, or .CRLF as the first line, and nothing else (RFC 5321 §4.1.1.4).
/// Errors:    fault() says the first thing wrong; reading goes on to the real end, so that the
///            caller can drop the rest and answer there.
/// Source:    RFC 5321 §2.3.8, §4.5.2, §4.5.3.1.6.
class DataReader {
 public:
  enum class Fault : unsigned char { kNone, kBareLf, kBareCr, kNul, kLineLong };
  enum class Step : unsigned char {
    kChunk,     ///< chunk() holds octets of the message
    kNeedMore,  ///< the input is used up
    kEnd,       ///< the end was read; what is left of the input is not data
  };

  DataReader(BareCr bare_cr, std::size_t line_octets_max)
      : bare_cr_(bare_cr), line_octets_max_(line_octets_max) {}

  /// Reads on; takes what was read off `in`.
  Step read(std::string_view& in);
  /// The same for a message whose octets are counted (BDAT): `in` holds nothing but text, and dots
  /// are octets like others.
  Step read_counted(std::string_view& in);
  /// The counted text is whole: a CR at its end is a bare one.
  void end_counted() {
    if (at_ == At::kCr) note(Fault::kBareCr);
  }
  [[nodiscard]] std::string_view chunk() const { return chunk_; }
  [[nodiscard]] Fault fault() const { return fault_; }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }

 private:
  /// What was read last, as far as it decides what the next octet means.
  enum class At : unsigned char {
    kLineStart,  ///< after CRLF, or at the very beginning
    kText,
    kCr,     ///< after a CR in the text; it was handed out
    kDot,    ///< after a dot at a line's start; not handed out
    kDotCr,  ///< after dot and CR at a line's start; not handed out
    kEnd,
  };
  void note(Fault fault) {
    if (fault_ == Fault::kNone) fault_ = fault;
  }
  // Each reads on from *p, which exists, and returns where to go on.
  const char* text(const char* p, const char* end);
  const char* after_cr(const char* p);
  const char* after_dot(const char* p);
  Step give(std::string_view& in, const char* start, const char* stop);

  BareCr bare_cr_;
  std::size_t line_octets_max_;
  At at_ = At::kLineStart;
  Fault fault_ = Fault::kNone;
  std::uint64_t octets_ = 0;
  std::size_t line_octets_ = 0;
  std::string_view chunk_;
};

}  // namespace hikyaku::smtp
