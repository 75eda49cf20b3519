// SPDX-License-Identifier: Apache-2.0
// Property: a name that was taken goes to the wire and comes back as itself, in both encodings;
// every name matches itself as a pattern, and "*".
#include <cstdlib>

#include "base/utf8.h"
#include "protocol/imap/list_pattern.h"
#include "protocol/imap/mailbox_name.h"

namespace {

using namespace hikyaku::imap;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_name(const std::string& name) {
  check(hikyaku::is_utf8(name));
  for (const NameEncoding encoding : {NameEncoding::kUtf7, NameEncoding::kUtf8}) {
    const std::string wire = mailbox_name_to_wire(name, encoding);
    check(mailbox_name_from_wire(wire, encoding).value() == name);
    check(ListPattern::compile("", "*", encoding).value().matches(name));
    const auto itself = ListPattern::compile("", wire, encoding);
    check(itself.has_value() && itself->matches(name));
    const auto below = ListPattern::compile("", wire + "/%", encoding);
    check(below.has_value() && below->may_match_below(name) && below->matches(name + "/x"));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view wire(reinterpret_cast<const char*>(data), size);
  const auto decoded = utf7_decode(wire);
  // The wire form of modified UTF-7 is unique.
  if (decoded) check(utf7_encode(*decoded) == wire);
  for (const NameEncoding encoding : {NameEncoding::kUtf7, NameEncoding::kUtf8}) {
    const auto name = mailbox_name_from_wire(wire, encoding);
    if (name) check_name(*name);
  }
  return 0;
}
