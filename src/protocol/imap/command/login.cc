// SPDX-License-Identifier: Apache-2.0
#include "protocol/imap/command/login.h"

#include "protocol/imap/scanner.h"

namespace hikyaku::imap {

Result<Login> parse_login(Scanner& in) {
  Login login;
  HK_TRY(in.space());
  HK_ASSIGN(login.user, in.astring());
  HK_TRY(in.space());
  HK_ASSIGN(std::string password, in.astring());
  login.password = Secret::take(password);
  HK_TRY(in.end());
  return login;
}

}  // namespace hikyaku::imap
