// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace hikyaku::smtp {

/// How long a client waits, RFC 5321 §4.5.3.2: the minimum of each section, which is our default.
struct ClientTimeouts {
  std::chrono::seconds greeting{300};          ///< §4.5.3.2.1
  std::chrono::seconds hello{300};             ///< EHLO, STARTTLS, AUTH, RSET, NOOP
  std::chrono::seconds mail{300};              ///< §4.5.3.2.2
  std::chrono::seconds rcpt{300};              ///< §4.5.3.2.3
  std::chrono::seconds data_initiation{120};   ///< §4.5.3.2.4
  std::chrono::seconds data_block{180};        ///< §4.5.3.2.5: for each write of data
  std::chrono::seconds data_termination{600};  ///< §4.5.3.2.6: too short makes duplicates
  std::chrono::seconds quit{10};               ///< all is said; nobody waits for it
};

}  // namespace hikyaku::smtp
