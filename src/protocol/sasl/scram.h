// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "protocol/sasl/mechanism.h"

namespace hikyaku::sasl {

/// SCRAM (RFC 5802, RFC 7677): both sides show that they know the password, which never crosses the
/// connection. The -PLUS forms show too that there is nobody in between (RFC 5929 §4, RFC 9266).
///
/// A failure ends the exchange without a last message of the server (RFC 5802 §5.1 allows that, and
/// a client would have to answer it with "*", which is no wrong password any more); its text has
/// the value that such a message would have, as "e=…". Success is told with Proven after the client
/// has acknowledged the server's last message.
[[nodiscard]] std::unique_ptr<Mechanism> make_scram_sha1(const Context& context);
[[nodiscard]] std::unique_ptr<Mechanism> make_scram_sha1_plus(const Context& context);
[[nodiscard]] std::unique_ptr<Mechanism> make_scram_sha256(const Context& context);
[[nodiscard]] std::unique_ptr<Mechanism> make_scram_sha256_plus(const Context& context);

}  // namespace hikyaku::sasl
