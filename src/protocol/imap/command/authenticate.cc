// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/authenticate.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

Result<Authenticate> parse_authenticate(Scanner& in) {
  Authenticate auth;
  HK_TRY(in.space());
  HK_ASSIGN(auth.mechanism, in.keyword());
  if (in.accept(' ')) {
    // RFC 4959 §7: initial-resp = base64 / "=". All of it is ASTRING-CHARs; base64 is checked
    // later.
    auth.initial.emplace(in.rest());
    HK_TRY(in.atom());
  }
  HK_TRY(in.end());
  return auth;
}

}  // namespace hikyaku::imap
