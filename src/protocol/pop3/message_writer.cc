// SPDX-License-Identifier: Apache-2.0
#include "protocol/pop3/message_writer.h"

#include <cstring>

namespace hikyaku::pop3 {

void MessageWriter::write(std::string_view octets, std::string& out) {
  while (!octets.empty() && !done_) {
    if (place_ == Place::kLineStart) {
      // RFC 1939 §3: a line that begins with "." gets one more.
      if (octets.front() == '.') out += '.';
      line_empty_ = true;
      place_ = Place::kInLine;
    }
    const void* found = std::memchr(octets.data(), '\n', octets.size());
    const std::size_t size =
        found == nullptr
            ? octets.size()
            : static_cast<std::size_t>(static_cast<const char*>(found) - octets.data());
    std::string_view text = octets.substr(0, size);
    octets.remove_prefix(found == nullptr ? size : size + 1);
    if (!text.empty()) {
      const bool only_cr = place_ == Place::kInLine && line_empty_ && text == "\r";
      line_empty_ = line_empty_ && only_cr;
      place_ = text.back() == '\r' ? Place::kAfterCr : Place::kInLine;
      out += text;
    }
    if (found == nullptr) return;
    out += place_ == Place::kAfterCr ? "\n" : "\r\n";
    line_ended();
  }
}

/// Counts lines for TOP: those of the header, up to and with the empty one, do not count.
void MessageWriter::line_ended() {
  place_ = Place::kLineStart;
  if (!lines_left_) return;
  if (in_header_) {
    in_header_ = !line_empty_;
    done_ = !in_header_ && *lines_left_ == 0;
    return;
  }
  done_ = --*lines_left_ == 0;
}

void MessageWriter::finish(std::string& out) {
  if (place_ == Place::kAfterCr) {
    out += '\n';
  } else if (place_ == Place::kInLine) {
    out += "\r\n";
  }
  out += ".\r\n";
}

}  // namespace hikyaku::pop3
