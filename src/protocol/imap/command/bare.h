// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace hikyaku::imap {

// Commands whose wire form is their name alone. They are together because there is nothing to
// parse.

struct Capability {};    ///< RFC 9051 §6.1.1
struct Noop {};          ///< RFC 9051 §6.1.2
struct Logout {};        ///< RFC 9051 §6.1.3
struct StartTls {};      ///< RFC 9051 §6.2.1
struct Namespace {};     ///< RFC 9051 §6.3.10
struct Idle {};          ///< RFC 9051 §6.3.13: then read_line() until it is "DONE"
struct Check {};         ///< RFC 3501 §6.4.1
struct CloseMailbox {};  ///< CLOSE, RFC 9051 §6.4.1
struct Unselect {};      ///< RFC 9051 §6.4.2

}  // namespace hikyaku::imap
