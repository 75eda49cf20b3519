// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/text.h"

#include <algorithm>

namespace hikyaku::imap {

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_upper, to_upper);
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_upper(c);
  return out;
}

}  // namespace hikyaku::imap
