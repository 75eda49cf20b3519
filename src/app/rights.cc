// SPDX-License-Identifier: Apache-2.0
#include "app/rights.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/system_words.h"

namespace hikyaku::app {
namespace {

constexpr Words kGiving{"giving {0} to the user", "{0} の所有者の変更"};

/// Files that root made in the data folder (quickstart, an administrator's command) go to the user.
Status give_folder(const std::string& data, uid_t uid, gid_t gid) {
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error)
    return retry_later(told(Words{"making {0}: {1}", "{0} の作成: {1}"}, data, system_told(error)));
  if (::lchown(data.c_str(), uid, gid) != 0) return system_error(errno, kGiving, data);
  for (auto it = std::filesystem::recursive_directory_iterator(data, error);
       it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
    if (error)
      return retry_later(
          told(Words{"reading {0}: {1}", "{0} の読み取り: {1}"}, data, system_told(error)));
    // The running server, which a command may meet here, removes files meanwhile.
    if (::lchown(it->path().c_str(), uid, gid) != 0 && errno != ENOENT)
      return system_error(errno, kGiving, it->path().string());
  }
  return {};
}

}  // namespace

Status become_user(const std::string& user, const std::string& data, UserRequired required) {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (::geteuid() != 0 || user == "root") return {};
  errno = 0;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) {
    if (required == UserRequired::kNo) return {};
    return permanent(
        Words{
            "there is no user \"{0}\" to run as; make it with: useradd --system --home-dir {1} "
            "--shell /usr/sbin/nologin {0} (or set server.user)",
            "実行ユーザー \"{0}\" がありません。作成してください: useradd --system --home-dir {1} "
            "--shell /usr/sbin/nologin {0} (または server.user を設定)"},
        user, data);
  }
  const uid_t uid = entry->pw_uid;
  const gid_t gid = entry->pw_gid;
  HK_TRY(give_folder(data, uid, gid));
  if (::setgroups(1, &gid) != 0 || ::setresgid(gid, gid, gid) != 0 ||
      ::setresuid(uid, uid, uid) != 0)
    return system_error(errno, Words{"becoming user {0}", "ユーザー {0} への切り替え"}, user);
  if (::setuid(0) == 0)
    return permanent(Words{"root's rights could not be given up; this is a defect",
                           "root 権限を手放せませんでした。これは不具合です"});
  return {};
}

void notify_manager(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || *path == '\0') return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto length = std::strlen(path);
  if (length >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path, length);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  // Nobody listening is no fault of ours.
  [[maybe_unused]] const auto sent = ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
                                              reinterpret_cast<const sockaddr*>(&address), size);
  ::close(socket);
}

}  // namespace hikyaku::app
