// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/dot_stuffer.h"

#include "protocol/smtp/octet_scan.h"

namespace hikyaku::smtp {

void DotStuffer::write(std::string_view octets, std::string& out) {
  const char* p = octets.data();
  const char* const end = p + octets.size();
  if (p == end) return;
  if (after_cr_) {
    after_cr_ = false;
    out += "\r\n";
    line_start_ = true;
    if (*p == '\n') ++p;
  }
  const char* from = p;  // what lies between from and p goes out as it is
  while (p != end) {
    if (line_start_ && *p == '.' && dots_ == Dots::kDoubled) {  // RFC 5321 §4.5.2
      out.append(from, p);
      out += '.';
      from = p;
    }
    line_start_ = false;
    p = find_special(p, end);
    if (p == end) break;
    if (*p == '\0') {
      ++p;
      continue;
    }
    if (*p == '\r' && p + 1 != end && p[1] == '\n') {
      p += 2;
      line_start_ = true;
      continue;
    }
    out.append(from, p);
    if (*p == '\r' && p + 1 == end) {
      after_cr_ = true;
      return;
    }
    out += "\r\n";  // a bare CR or LF
    line_start_ = true;
    from = ++p;
  }
  out.append(from, p);
}

void DotStuffer::finish(std::string& out) {
  if (after_cr_ || !line_start_) out += "\r\n";
  if (dots_ == Dots::kDoubled) out += ".\r\n";
  *this = DotStuffer(dots_);
}

}  // namespace hikyaku::smtp
