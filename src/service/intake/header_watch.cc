// SPDX-License-Identifier: Apache-2.0
#include "service/intake/header_watch.h"

#include <algorithm>

#include "protocol/mime/header.h"

namespace hikyaku::intake {

void HeaderWatch::push(std::string_view octets) {
  while (in_header_ && !octets.empty()) {
    const auto end = octets.find('\n');
    const auto piece = octets.substr(0, end);
    line_.append(piece.substr(0, std::min(piece.size(), kKept - line_.size())));
    if (!piece.empty() && piece != "\r") empty_line_ = false;
    if (end == std::string_view::npos) return;
    octets.remove_prefix(end + 1);
    end_line();
  }
}

void HeaderWatch::end_line() {
  if (empty_line_) in_header_ = false;
  const auto name = mime::field_name(line_);
  if (mime::same_name(name, "Received")) ++received_;
  if (mime::same_name(name, "From")) ++from_;
  line_.clear();
  empty_line_ = true;
}

}  // namespace hikyaku::intake
