// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/data_reader.h"

#include "base/assert.h"
#include "protocol/smtp/octet_scan.h"

namespace hikyaku::smtp {

const char* DataReader::text(const char* p, const char* end) {
  const char* stop = find_special(p, end);
  line_octets_ += static_cast<std::size_t>(stop - p);
  if (line_octets_ + 2 > line_octets_max_) note(Fault::kLineLong);
  if (stop == end) return end;
  switch (*stop) {
    case '\r': at_ = At::kCr; break;
    // RFC 5321 §2.3.8: a bare LF is no line end; here it is the end of the message's welcome.
    case '\n': note(Fault::kBareLf); break;
    default: note(Fault::kNul); break;
  }
  return stop + 1;
}

const char* DataReader::after_cr(const char* p) {
  if (*p == '\n') {
    at_ = At::kLineStart;
    return p + 1;
  }
  // A CR alone. Before a dot somebody else could take it for a line's end: "\r.\r", "\r.\r\n".
  if (bare_cr_ == BareCr::kRefuse || *p == '.') note(Fault::kBareCr);
  at_ = At::kText;
  return p;
}

const char* DataReader::after_dot(const char* p) {
  at_ = At::kText;
  if (*p == '\r') {
    at_ = At::kDotCr;
    return p + 1;
  }
  if (*p != '\n') return p;  // RFC 5321 §4.5.2: the dot was stuffed
  note(Fault::kBareLf);      // "\r\n.\n"
  return p + 1;
}

DataReader::Step DataReader::read(std::string_view& in) {
  HK_ASSERT(at_ != At::kEnd);
  const char* p = in.data();
  const char* const end = p + in.size();
  const char* start = p;
  while (p != end) {
    switch (at_) {
      case At::kLineStart:
        line_octets_ = 0;
        if (*p != '.') {
          at_ = At::kText;
        } else if (p != start) {
          return give(in, start, p);  // what is before the dot first
        } else {
          at_ = At::kDot;
          start = ++p;
        }
        break;
      case At::kText: p = text(p, end); break;
      case At::kCr: p = after_cr(p); break;
      case At::kDot:
        p = after_dot(p);
        start = p;
        break;
      case At::kDotCr:
        if (*p == '\n') {  // §4.1.1.4: the only end there is
          in.remove_prefix(static_cast<std::size_t>(p + 1 - in.data()));
          at_ = At::kEnd;
          return Step::kEnd;
        }
        note(Fault::kBareCr);  // "\r\n.\r"
        at_ = At::kText;
        break;
      case At::kEnd: break;
    }
  }
  return give(in, start, p);
}

DataReader::Step DataReader::read_counted(std::string_view& in) {
  const char* p = in.data();
  const char* const end = p + in.size();
  while (p != end) {
    if (at_ == At::kCr) {
      p = after_cr(p);
    } else {
      if (at_ == At::kLineStart) line_octets_ = 0;
      at_ = At::kText;
      p = text(p, end);
    }
  }
  return give(in, in.data(), end);
}

DataReader::Step DataReader::give(std::string_view& in, const char* start, const char* stop) {
  chunk_ = std::string_view(start, static_cast<std::size_t>(stop - start));
  octets_ += chunk_.size();
  in.remove_prefix(static_cast<std::size_t>(stop - in.data()));
  return chunk_.empty() ? Step::kNeedMore : Step::kChunk;
}

}  // namespace hikyaku::smtp
