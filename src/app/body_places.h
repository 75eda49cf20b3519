// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/admin.h"

namespace hikyaku::app {

/// Where a body is used, told so that its message can be found: by account, mailbox and UID, or by
/// its queue id; with Subject and Message-ID as far as they are kept beside the body.
///
/// Shape: an array of {"account", "mailbox", "uid", "subject", "message_id"} and {"queue", "from",
///        "to"}; empty when nothing of ours has the body any more.
/// `holders`: of the store's report of a damaged body.
Task<Result<Json>> body_places(AdminPorts* ports, std::vector<std::string> holders);

/// One of them in words: "ann@example.org, mailbox INBOX, UID 4, subject "hello"".
[[nodiscard]] Told words_of_place(const Json& place);

}  // namespace hikyaku::app
