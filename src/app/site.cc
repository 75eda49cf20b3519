// SPDX-License-Identifier: Apache-2.0
#include "app/site.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/system_words.h"

namespace hikyaku::app {

AdminPorts Site::admin_ports() { return AdminPorts{*store, *directory, *mailboxes, clock, {}, {}}; }

namespace {

/// The folder, made if need be, and that it may be used: told before the store speaks of a file.
Status make_data_folder(const std::string& data) {
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (!error && ::access(data.c_str(), R_OK | W_OK | X_OK) != 0)
    error.assign(errno, std::generic_category());
  if (!error) return {};
  if (error == std::errc::permission_denied)
    return permanent(
        Words{"you may not use the data folder {0}: run this as root (sudo) or as the server's "
              "user, or name another configuration with --config",
              "データフォルダー {0} を使う権限がありません。root (sudo) かサーバーのユーザーとして"
              "実行するか、--config で別の設定ファイルを指定してください"},
        data);
  return permanent(told(
      Words{"data folder {0}: {1}; make it, or set server.data to a folder that may be written",
            "データフォルダー {0}: {1}。作成するか、書き込めるフォルダーを server.data に指定"
            "してください"},
      data, system_told(error)));
}

/// Credentials lie in the store: it is for its owner only, whatever umask made it.
void keep_private(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  // One that can not be had is told when the store is opened; one of another owner is as it was.
}

}  // namespace

Result<std::unique_ptr<Site>> open_site(const config::Config& config) {
  HK_TRY(make_data_folder(config.server.data));
  auto site = std::make_unique<Site>();
  store::RocksDbStore::Options options;
  options.directory = config.server.data + "/store";
  keep_private(options.directory);
  HK_ASSIGN(site->store, store::RocksDbStore::open(std::move(options)));
  const directory::Options logins{.cram_md5 = config.auth.cram_md5 == config::Switch::kOn
                                                  ? directory::CramMd5::kOn
                                                  : directory::CramMd5::kOff};
  site->directory =
      std::make_unique<directory::Directory>(*site->store, site->pool, site->clock, logins);
  site->mailboxes = std::make_unique<mailbox::Mailboxes>(*site->store, site->hints, site->clock);
  return site;
}

}  // namespace hikyaku::app
