// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "app/json.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/task.h"
#include "port/store/rocksdb_store.h"
#include "record/directory/directory.h"
#include "record/mailbox/mailbox.h"
#include "service/delivery/delivery.h"

namespace hikyaku::app {

/// What an administrator's command works on. The same whether the server runs (then the command
/// comes over the control socket) or not (then the command line has opened the store itself).
struct AdminPorts {
  store::RocksDbStore& store;
  directory::Directory& directory;
  mailbox::Mailboxes& mailboxes;
  const Clock& clock;
  /// Told of every queue item that a command changed or removed, so that it looks again, and asked
  /// for its sites. nullptr when the server does not run.
  delivery::Delivery* delivery = nullptr;
  /// One line for people, while a long command works. Called on any thread.
  std::function<void(const Told&)> progress;
};

/// One command: arguments in, answer out. Arguments are checked here, since the socket is a door.
struct AdminCommand {
  std::string_view name;  ///< "account add"
  Task<Result<Json>> (*run)(AdminPorts* ports, Json arguments);
};

/// All commands: what `hikyaku COMMAND` does is an entry here and a printer in cli.
[[nodiscard]] std::span<const AdminCommand> admin_commands();

/// Runs one by its name.
/// Errors: kPermanent for an unknown command and for wrong arguments, with what would be right.
Task<Result<Json>> run_admin(AdminPorts* ports, std::string name, Json arguments);

}  // namespace hikyaku::app
