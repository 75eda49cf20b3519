// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "protocol/imap/command/append.h"
#include "protocol/imap/command/authenticate.h"
#include "protocol/imap/command/bare.h"
#include "protocol/imap/command/copy.h"
#include "protocol/imap/command/create.h"
#include "protocol/imap/command/delete.h"
#include "protocol/imap/command/enable.h"
#include "protocol/imap/command/expunge.h"
#include "protocol/imap/command/fetch.h"
#include "protocol/imap/command/id.h"
#include "protocol/imap/command/list.h"
#include "protocol/imap/command/login.h"
#include "protocol/imap/command/lsub.h"
#include "protocol/imap/command/move.h"
#include "protocol/imap/command/rename.h"
#include "protocol/imap/command/search.h"
#include "protocol/imap/command/select.h"
#include "protocol/imap/command/status.h"
#include "protocol/imap/command/store.h"
#include "protocol/imap/command/subscribe.h"
#include "protocol/imap/command/unsubscribe.h"

namespace hikyaku::imap {

/// One command without its tag. APPEND is not among them: see ServerReader.
///
/// A new command is a file in command/, an alternative here, and a line in command_table.cc.
using CommandBody = std::variant<Capability, Noop, Logout, ClientId, StartTls, Authenticate, Login,
                                 Enable, Select, Create, Delete, Rename, Subscribe, Unsubscribe,
                                 List, Lsub, Namespace, MailboxStatus, Idle, Check, CloseMailbox,
                                 Unselect, Expunge, Search, Fetch, Store, Copy, Move>;

struct CommandInfo;

struct Command {
  std::string tag;
  const CommandInfo* info = nullptr;  ///< its line in the table; lives for ever
  CommandBody body;
};

}  // namespace hikyaku::imap
