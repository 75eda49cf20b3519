// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/enable.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

Result<Enable> parse_enable(Scanner& in) {
  Enable enable;
  do {
    HK_TRY(in.space());
    HK_ASSIGN(enable.capabilities.emplace_back(), in.keyword());
  } while (!in.at_end());
  return enable;
}

}  // namespace hikyaku::imap
