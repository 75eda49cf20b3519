// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/server_reader.h"

namespace hikyaku::imap {

/// How the server behaves in replay().
struct ReplayScript {
  enum class Refuse : unsigned char {
    kNever,
    kAsked,     ///< at AppendBegin
    kAccepted,  ///< right after accept_append()
    kData,      ///< at the first AppendData
    kEnd,       ///< at AppendMessageEnd
  };
  Limits limits;
  State state = State::kSelected;
  Refuse refuse = Refuse::kNever;
};

/// Feeds the pieces and writes down what comes out, one reaction a line, for comparison. Octets of
/// a message that come in several pieces are joined.
[[nodiscard]] std::string replay(const ReplayScript& script,
                                 const std::vector<std::string_view>& pieces);

}  // namespace hikyaku::imap
