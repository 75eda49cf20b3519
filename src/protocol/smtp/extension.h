// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/smtp/server_state.h"

namespace hikyaku::smtp {

/// A parameter of MAIL or RCPT that an extension brings. `read` puts the value into `params`, or
/// says why not.
template <class Params>
struct Parameter {
  std::string_view keyword;
  std::optional<Reply> (*read)(const ServerState& state, std::optional<std::string_view> value,
                               Params& params);
};

/// A service extension (RFC 5321 §2.2). Each lives in its own file: extension_*.cc, or the
/// command_*.cc of its command; extensions.cc has the table. What its parameters say goes into
/// MailParams and RcptParams (transaction.h).
struct Extension {
  std::string_view keyword;
  /// Now, on this connection. nullptr = always.
  bool (*offered)(const ServerState& state) = nullptr;
  /// What follows the keyword in the reply to EHLO. nullptr = nothing.
  std::string (*arguments)(const ServerState& state) = nullptr;
  std::span<const Parameter<MailParams>> mail = {};
  std::span<const Parameter<RcptParams>> rcpt = {};
};

[[nodiscard]] std::span<const Extension* const> extensions();

namespace extension {
extern const Extension kPipelining, kSize, k8BitMime, kSmtpUtf8, kEnhancedStatusCodes, kDsn,
    kChunking, kStartTls, kAuth, kHelp;
}  // namespace extension

/// Reads " KEY=VALUE KEY ..." behind the path of MAIL or RCPT (RFC 5321 §4.1.2). nullopt = all
/// taken.
[[nodiscard]] std::optional<Reply> read_parameters(const ServerState& state, std::string_view text,
                                                   MailParams& params);
[[nodiscard]] std::optional<Reply> read_parameters(const ServerState& state, std::string_view text,
                                                   RcptParams& params);

}  // namespace hikyaku::smtp
