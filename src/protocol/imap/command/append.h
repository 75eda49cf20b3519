// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "protocol/imap/date_time.h"
#include "protocol/imap/flags.h"

namespace hikyaku::imap {

class Scanner;

/// APPEND (RFC 9051 §6.3.12, RFC 3502, RFC 6855 §4): what stands before a message. The messages
/// come from ServerReader piece by piece and are never part of a Command.
struct AppendMessage {
  enum class Form : unsigned char {
    kLiteral,
    kLiteral8,  ///< "~{": may hold NUL (RFC 3516)
    kUtf8,      ///< UTF8 (~{...}): may have UTF-8 in its header
  };
  FlagList flags;
  std::optional<DateTime> date;
  std::uint64_t octets = 0;
  Form form = Form::kLiteral;
};

/// What stands between the mailbox, or the message before, and the next literal's "{".
/// Leaves `in` at the literal's header.
[[nodiscard]] Result<AppendMessage> parse_append_message(Scanner& in);

}  // namespace hikyaku::imap
