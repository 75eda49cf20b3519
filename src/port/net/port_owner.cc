// SPDX-License-Identifier: Apache-2.0
#include "port/net/port_owner.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

namespace hikyaku::net {
namespace {

namespace fs = std::filesystem;

/// Inodes of the sockets that listen on the port; proc(5), /proc/net/tcp.
void collect_inodes(const char* table, std::uint16_t port, std::set<std::string>& inodes) {
  std::ifstream in(table);
  const std::string suffix = fmt::format(":{:04X}", port);
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, skip, inode;
    fields >> number >> local >> remote >> state;
    for (int i = 0; i < 5; ++i) fields >> skip;  // queues, timer, retransmissions, uid, timeout
    fields >> inode;
    if (state == "0A" && local.ends_with(suffix)) inodes.insert("socket:[" + inode + "]");
  }
}

bool has_one(const fs::path& descriptors, const std::set<std::string>& inodes) {
  std::error_code error;
  for (fs::directory_iterator it(descriptors, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code gone;
    if (inodes.contains(fs::read_symlink(it->path(), gone).string())) return true;
  }
  return false;
}

}  // namespace

std::string port_owner(std::uint16_t port) {
  std::set<std::string> inodes;
  collect_inodes("/proc/net/tcp", port, inodes);
  collect_inodes("/proc/net/tcp6", port, inodes);
  if (inodes.empty()) return {};
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const std::string pid = it->path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!has_one(it->path() / "fd", inodes)) continue;
    std::string name;
    std::getline(std::ifstream(it->path() / "comm"), name);
    return name + " (process " + pid + ")";
  }
  return {};
}

}  // namespace hikyaku::net
