// SPDX-License-Identifier: Apache-2.0
#include "service/intake/header_watch.h"

#include "protocol/mime/header.h"

namespace hikyaku::intake {

void HeaderWatch::push(std::string_view octets) {
  while (in_header_ && !octets.empty()) {
    const auto end = octets.find('\n');
    look_at(octets.substr(0, end));
    if (end == std::string_view::npos) return;
    octets.remove_prefix(end + 1);
    end_line();
  }
}

/// A part of a line, without its LF.
void HeaderWatch::look_at(std::string_view piece) {
  if (piece.empty()) return;
  empty_line_ = piece == "\r" && !begun_;
  begun_ = true;
  for (const char c : piece) {
    if (place_ == Place::kValue || place_ == Place::kNoField) return;
    if (c == ':' && !name_.empty()) {
      place_ = Place::kValue;
    } else if (place_ == Place::kName && c > ' ' && c < '\x7f' && c != ':') {
      if (name_.size() < kKept) name_.push_back(c);
    } else if ((c == ' ' || c == '\t') && !name_.empty()) {
      place_ = Place::kSpace;
    } else {
      place_ = Place::kNoField;
    }
  }
}

void HeaderWatch::end_line() {
  if (empty_line_) in_header_ = false;
  if (place_ == Place::kValue) {
    if (mime::same_name(name_, "Received")) ++received_;
    if (mime::same_name(name_, "From")) ++from_;
  }
  name_.clear();
  place_ = Place::kName;
  empty_line_ = true;
  begun_ = false;
}

}  // namespace hikyaku::intake
