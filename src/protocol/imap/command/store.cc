// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/store.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

/// RFC 4466 §2.5 store-modifiers; RFC 7162 §3.1.3. Behind "(".
Status parse_modifiers(Scanner& in, Store& store) {
  do {
    if (!in.accept_word("UNCHANGEDSINCE")) return permanent("there is no such STORE modifier");
    HK_TRY(in.space());
    HK_ASSIGN(store.unchanged_since, in.number64());
  } while (in.accept(' '));
  return in.expect(')');
}

Status parse_change(Scanner& in, Store& store) {
  if (in.accept('+')) {
    store.change = Store::Change::kAdd;
  } else if (in.accept('-')) {
    store.change = Store::Change::kRemove;
  }
  if (in.accept_word("FLAGS.SILENT")) {
    store.reply = Store::Reply::kSilent;
    return {};
  }
  if (in.accept_word("FLAGS")) return {};
  return permanent("expected FLAGS, +FLAGS or -FLAGS");
}

/// RFC 9051 §9 store-att-flags: a list, or flags with spaces between.
Status parse_flags(Scanner& in, FlagList& flags) {
  const bool list = in.accept('(');
  if (list && in.accept(')')) return {};
  do {
    HK_ASSIGN(const std::string_view flag, in.flag());
    HK_TRY(add_flag(flags, flag));
  } while (in.accept(' '));
  return list ? in.expect(')') : Status{};
}

Result<Store> parse(Scanner& in, Addressing addressing) {
  Store store;
  store.addressing = addressing;
  HK_TRY(in.space());
  HK_ASSIGN(store.messages, in.sequence_set());
  HK_TRY(in.space());
  if (in.accept('(')) {
    HK_TRY(parse_modifiers(in, store));
    HK_TRY(in.space());
  }
  HK_TRY(parse_change(in, store));
  HK_TRY(in.space());
  HK_TRY(parse_flags(in, store.flags));
  HK_TRY(in.end());
  return store;
}

}  // namespace

Result<Store> parse_store(Scanner& in) { return parse(in, Addressing::kNumber); }
Result<Store> parse_uid_store(Scanner& in) { return parse(in, Addressing::kUid); }

}  // namespace hikyaku::imap
