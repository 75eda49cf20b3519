// SPDX-License-Identifier: Apache-2.0
#include "app/site.h"

#include <filesystem>

#include "base/words.h"
namespace hikyaku::app {

AdminPorts Site::admin_ports() { return AdminPorts{*store, *directory, *mailboxes, clock, {}, {}}; }

Result<std::unique_ptr<Site>> open_site(const config::Config& config) {
  std::error_code error;
  std::filesystem::create_directories(config.server.data, error);
  if (error)
    return permanent(
        Words{"data folder {0}: {1}; make it, or set server.data to a folder that may be written",
              "データフォルダー {0}: {1}。作成するか、書き込めるフォルダーを server.data に指定して"
              "ください"},
        config.server.data, error.message());
  auto site = std::make_unique<Site>();
  store::RocksDbStore::Options options;
  options.directory = config.server.data + "/store";
  HK_ASSIGN(site->store, store::RocksDbStore::open(std::move(options)));
  site->directory = std::make_unique<directory::Directory>(*site->store, site->pool, site->clock);
  site->mailboxes = std::make_unique<mailbox::Mailboxes>(*site->store, site->hints, site->clock);
  return site;
}

}  // namespace hikyaku::app
