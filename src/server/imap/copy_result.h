// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/imap/response/status_line.h"
#include "record/mailbox/mailbox.h"

namespace hikyaku::imap_server {

/// COPYUID; empty when nothing was copied (RFC 9051 §7.1).
[[nodiscard]] inline std::string copied_code(const mailbox::CopyResult& result) {
  if (result.from.empty()) return {};
  imap::NumberSet from, to;
  for (const auto uid : result.from) from.add(uid.value);
  for (const auto uid : result.to) to.add(uid.value);
  return imap::copy_uid_code(result.uid_validity, from, to);
}

}  // namespace hikyaku::imap_server
