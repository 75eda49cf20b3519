// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/command_reader.h"

#include <utility>

#include "protocol/smtp/octet_scan.h"

namespace hikyaku::smtp {

void CommandReader::keep(std::string_view piece) {
  if (kept_.size() + piece.size() + 2 > octets_max_) too_long_ = true;
  if (too_long_) {
    std::string().swap(kept_);
  } else {
    kept_ += piece;
  }
}

CommandReader::Step CommandReader::finish(std::string_view piece) {
  if (kept_.size() + piece.size() + 2 > octets_max_) too_long_ = true;
  after_cr_ = false;
  if (std::exchange(too_long_, false)) {
    kept_.clear();
    line_ = {};
    return Step::kTooLong;
  }
  if (kept_.empty()) {
    line_ = piece;
  } else {
    whole_ = std::move(kept_);
    kept_.clear();
    whole_ += piece;
    line_ = whole_;
  }
  return Step::kLine;
}

CommandReader::Step CommandReader::read(std::string_view& in) {
  std::string().swap(whole_);
  line_ = {};
  if (in.empty()) return Step::kNeedMore;
  if (after_cr_) {
    if (in.front() != '\n') return Step::kBareCr;
    in.remove_prefix(1);
    return finish({});
  }
  const char* const begin = in.data();
  const char* const end = begin + in.size();
  const char* stop = find_special(begin, end);
  const std::string_view piece(begin, static_cast<std::size_t>(stop - begin));
  if (stop == end) {
    keep(piece);
    in = {};
    return Step::kNeedMore;
  }
  if (*stop == '\n') return Step::kBareLf;
  if (*stop == '\0') return Step::kNul;
  if (stop + 1 == end) {
    keep(piece);
    after_cr_ = true;
    in = {};
    return Step::kNeedMore;
  }
  if (stop[1] != '\n') return Step::kBareCr;
  in.remove_prefix(piece.size() + 2);
  return finish(piece);
}

}  // namespace hikyaku::smtp
