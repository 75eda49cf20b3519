// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/move.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

Result<Move> parse(Scanner& in, Addressing addressing) {
  Move move;
  move.addressing = addressing;
  HK_TRY(in.space());
  HK_ASSIGN(move.messages, in.sequence_set());
  HK_TRY(in.space());
  HK_ASSIGN(move.mailbox, in.mailbox());
  HK_TRY(in.end());
  return move;
}

}  // namespace

Result<Move> parse_move(Scanner& in) { return parse(in, Addressing::kNumber); }
Result<Move> parse_uid_move(Scanner& in) { return parse(in, Addressing::kUid); }

}  // namespace hikyaku::imap
