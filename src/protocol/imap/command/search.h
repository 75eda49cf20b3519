// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "protocol/imap/search_key.h"

namespace hikyaku::imap {

class Scanner;

/// SEARCH and UID SEARCH (RFC 9051 §6.4.4, RFC 5182).
struct Search {
  enum class Return : std::uint8_t {
    kMin = 1U << 0,
    kMax = 1U << 1,
    kAll = 1U << 2,
    kCount = 1U << 3,
    kSave = 1U << 4,
  };

  Addressing addressing = Addressing::kNumber;
  bool extended = false;     ///< RETURN was there: answer with ESEARCH
  std::uint8_t returns = 0;  ///< "RETURN ()" is kAll (RFC 9051 §6.4.4)
  std::string charset;       ///< upper case; empty if none was given
  SearchAnd keys;

  [[nodiscard]] bool wants(Return r) const { return (returns & static_cast<std::uint8_t>(r)) != 0; }
};

[[nodiscard]] Result<Search> parse_search(Scanner& in);
[[nodiscard]] Result<Search> parse_uid_search(Scanner& in);

}  // namespace hikyaku::imap
