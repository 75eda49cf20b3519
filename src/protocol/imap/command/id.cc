// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/id.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {
namespace {

// RFC 2971 §3.3.
constexpr std::size_t kFieldsMax = 30;
constexpr std::size_t kNameOctetsMax = 30;
constexpr std::size_t kValueOctetsMax = 1024;

Result<ClientId::Field> parse_field(Scanner& in) {
  ClientId::Field field;
  HK_ASSIGN(field.name, in.string());
  HK_TRY(in.space());
  HK_ASSIGN(field.value, in.nstring());
  if (field.name.size() > kNameOctetsMax || field.value.value_or("").size() > kValueOctetsMax) {
    return permanent("a field of ID is too long");
  }
  return field;
}

}  // namespace

Result<ClientId> parse_id(Scanner& in) {
  ClientId id;
  HK_TRY(in.space());
  if (!in.accept_word("NIL")) {
    HK_TRY(in.expect('('));
    while (!in.accept(')')) {
      if (!id.fields.empty()) HK_TRY(in.space());
      if (id.fields.size() == kFieldsMax) return permanent("ID has too many fields");
      HK_ASSIGN(id.fields.emplace_back(), parse_field(in));
    }
  }
  HK_TRY(in.end());
  return id;
}

}  // namespace hikyaku::imap
