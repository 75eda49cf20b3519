// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace hikyaku::smtp {

/// Makes the octets after DATA of a message (RFC 5321 §4.5.2): dots doubled, CRLF.CRLF at the end;
/// or those of BDAT (RFC 3030), where both are left out.
///
/// Whatever comes in, only CRLF goes out as a line end: a bare LF or bare CR becomes CRLF, so that
/// nobody behind us can be smuggled to (§2.3.8). All else, octets over 127 and NUL included, goes
/// out as it is. Shape: any chunking gives the same output.
class DotStuffer {
 public:
  enum class Dots : unsigned char { kDoubled, kAsTheyAre };
  explicit DotStuffer(Dots dots = Dots::kDoubled) : dots_(dots) {}

  void write(std::string_view octets, std::string& out);
  /// The last CRLF if the message has none, and the final dot. The stuffer is new afterwards.
  void finish(std::string& out);

 private:
  Dots dots_;
  bool line_start_ = true;
  bool after_cr_ = false;  ///< a CR came in; what goes out for it waits for the next octet
};

}  // namespace hikyaku::smtp
