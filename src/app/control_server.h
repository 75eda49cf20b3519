// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/admin.h"
#include "base/task.h"
#include "port/net/stream.h"

namespace hikyaku::app {

/// Serves one connection of the control socket.
///
/// Protocol: one JSON object a line. Request {"command": "account add", "arguments": {...}}; while
/// it
///           works {"progress": "text"} any number of times; at the end {"result": ...} or
///           {"error": {"text": "...", "text_ja": "...", "remedy": "retry later" |
///           "permanent"}}; text_ja only where there is a Japanese text.
/// Limits:   a request of at most 1 MiB; a connection that says nothing for a minute is closed.
/// Rights:   whoever may open the socket's file (mode 0660) is an administrator.
Task<void> serve_control(AdminPorts ports, net::StreamPtr stream);

}  // namespace hikyaku::app
