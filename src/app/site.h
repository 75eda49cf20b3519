// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "app/admin.h"
#include "base/thread_pool.h"
#include "config/config.h"
#include "port/store/hints.h"
#include "port/store/rocksdb_store.h"
#include "record/directory/directory.h"
#include "record/mailbox/mailbox.h"

namespace hikyaku::app {

/// The data folder, opened: the store and the records over it. The server has one, and so has a
/// command that runs while no server does.
struct Site {
  SystemClock clock;
  ThreadPool pool{2};  ///< for password hashes
  store::Hints hints;
  std::unique_ptr<store::RocksDbStore> store;
  std::unique_ptr<directory::Directory> directory;
  std::unique_ptr<mailbox::Mailboxes> mailboxes;

  [[nodiscard]] AdminPorts admin_ports();
};

/// Errors: kRetryLater when another process has the data folder, kPermanent when its format is
/// newer
///         or it may not be read; each says what to do.
Result<std::unique_ptr<Site>> open_site(const config::Config& config);

}  // namespace hikyaku::app
