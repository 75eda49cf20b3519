// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "protocol/imap/command.h"

namespace hikyaku::imap {

/// A whole command, literals included, without tag and CRLF, by the parser that the table names.
[[nodiscard]] Result<CommandBody> parse_body(std::string_view command);

/// The same as a T. Errors: also if it is another command.
template <class T>
[[nodiscard]] Result<T> parse_as(std::string_view command) {
  Result<CommandBody> body = parse_body(command);
  if (!body) return std::unexpected(std::move(body).error());
  T* typed = std::get_if<T>(&*body);
  if (typed == nullptr) return permanent("another command than expected");
  return std::move(*typed);
}

}  // namespace hikyaku::imap
