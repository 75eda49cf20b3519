// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/expunge.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

Result<Expunge> parse_expunge(Scanner& in) {
  HK_TRY(in.end());
  return Expunge{};
}

Result<Expunge> parse_uid_expunge(Scanner& in) {
  Expunge expunge;
  HK_TRY(in.space());
  HK_ASSIGN(expunge.uids, in.sequence_set());
  HK_TRY(in.end());
  return expunge;
}

}  // namespace hikyaku::imap
