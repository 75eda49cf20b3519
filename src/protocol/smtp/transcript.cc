// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/transcript.h"

namespace hikyaku::smtp {

void Transcript::add(std::string_view who, std::string_view line) {
  if (full_) return;
  if (text_.size() + who.size() + line.size() + 1 > octets_max_) {
    full_ = true;
    text_ += "-- the rest is left out\n";
    return;
  }
  text_ += who;
  for (const char c : line) {
    if (c == '\n') {  // the next line of a reply
      text_ += '\n';
      text_ += who;
    } else {
      text_ += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
  }
  text_ += '\n';
}

}  // namespace hikyaku::smtp
