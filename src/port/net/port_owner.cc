// SPDX-License-Identifier: Apache-2.0
#include "port/net/port_owner.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

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

/// Whether systemd runs this machine, as sd_booted(3) asks: a container may see units of its host.
bool has_systemd() {
  std::error_code error;
  return fs::is_directory("/run/systemd/system", error);
}

PortOwner describe(const fs::path& process) {
  PortOwner out;
  const std::string number = process.filename();
  std::from_chars(number.data(), number.data() + number.size(), out.process);
  std::getline(std::ifstream(process / "comm"), out.program);
  if (has_systemd()) {
    std::ifstream in(process / "cgroup");
    out.unit = unit_in_cgroup(std::string{std::istreambuf_iterator<char>(in), {}});
  }
  return out;
}

}  // namespace

Told PortOwner::name() const {
  if (unit.empty()) return told(Words{"{0} (process {1})", "{0} (プロセス {1})"}, program, process);
  return told(Words{"{0} (process {1}) of {2}.service", "{2}.service の {0} (プロセス {1})"},
              program, process, unit);
}

std::string PortOwner::stop_command() const {
  return unit.empty() ? fmt::format("kill {}", process)
                      : fmt::format("systemctl disable --now {}", unit);
}

std::optional<PortOwner> port_owner(std::uint16_t port) {
  std::set<std::string> inodes;
  collect_inodes("/proc/net/tcp", port, inodes);
  collect_inodes("/proc/net/tcp6", port, inodes);
  if (inodes.empty()) return std::nullopt;
  // A socket that systemd holds for a service is that one's too, which is the one to stop.
  std::optional<PortOwner> manager;
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const std::string pid = it->path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!has_one(it->path() / "fd", inodes)) continue;
    auto found = describe(it->path());
    if (found.process != 1) return found;
    manager = std::move(found);
  }
  return manager;
}

Told how_to_free(const std::optional<PortOwner>& owner) {
  if (!owner)
    return told(Words{"stop the program that has it (as root, `ss -ltnp` shows it)",
                      "使っているプログラムを停止してください (root で `ss -ltnp` を実行すると"
                      "分かります)"});
  if (owner->process == 1)
    return told(
        Words{"find the socket unit (`systemctl list-sockets`), and systemctl disable "
              "--now it",
              "ソケットユニットを `systemctl list-sockets` で探し、systemctl disable --now "
              "で停止してください"});
  return told(Words{"stop it: {0}", "停止してください: {0}"}, owner->stop_command());
}

std::string unit_in_cgroup(std::string_view text) {
  constexpr std::string_view kOfSystem = ":/system.slice/";
  constexpr std::string_view kService = ".service";
  const auto begin = text.find(kOfSystem);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + kOfSystem.size());
  text = text.substr(0, text.find('\n'));
  // What a service makes below itself still belongs to it: the first one counts.
  while (!text.empty()) {
    const auto slash = text.find('/');
    auto part = text.substr(0, slash);
    if (part.ends_with(kService)) {
      part.remove_suffix(kService.size());
      if (part.ends_with("@-")) part.remove_suffix(2);
      return std::string(part);
    }
    text.remove_prefix(slash == std::string_view::npos ? text.size() : slash + 1);
  }
  return {};
}

}  // namespace hikyaku::net
