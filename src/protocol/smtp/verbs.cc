// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "protocol/smtp/verb.h"

namespace hikyaku::smtp {

std::span<const Verb* const> verbs() {
  static constexpr std::array kAll = {&verb::kMail, &verb::kRcpt,     &verb::kData, &verb::kBdat,
                                      &verb::kEhlo, &verb::kQuit,     &verb::kRset, &verb::kNoop,
                                      &verb::kAuth, &verb::kStartTls, &verb::kHelo, &verb::kLhlo,
                                      &verb::kVrfy, &verb::kExpn,     &verb::kHelp};
  return kAll;
}

const Reason& path_reason(std::string_view path, Utf8 utf8) {
  return utf8 == Utf8::kAllow || is_ascii(path) ? reason::kBadPath : reason::kPathUtf8;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return std::ranges::equal(a, b, {}, upper, upper);
}

}  // namespace hikyaku::smtp
