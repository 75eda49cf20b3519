// SPDX-License-Identifier: Apache-2.0
#include "app/control_client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace hikyaku::app {

Result<std::optional<ControlClient>> ControlClient::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return permanent("control socket path is too long: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return system_error("control socket", errno);
  ControlClient client(socket);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return std::optional(std::move(client));
  if (errno == ENOENT || errno == ECONNREFUSED) return std::nullopt;
  if (errno == EACCES || errno == EPERM)
    return permanent("you may not use the control socket " + path +
                     "; run this as root or as the server's user");
  return system_error("control socket " + path, errno);
}

ControlClient::ControlClient(ControlClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), pending_(std::move(other.pending_)) {}

ControlClient::~ControlClient() {
  if (socket_ >= 0) ::close(socket_);
}

Result<Json> ControlClient::run(const std::string& command, const Json& arguments,
                                const std::function<void(const std::string&)>& progress) {
  auto request = Json{{"command", command}, {"arguments", arguments}}.dump() + "\n";
  for (std::string_view rest = request; !rest.empty();) {
    const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return system_error("asking the server", errno);
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  for (;;) {
    const auto end = pending_.find('\n');
    if (end == std::string::npos) {
      char buffer[16384];
      const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error("waiting for the server's answer", errno);
      if (got == 0) return retry_later("the server ended before it answered; see its log");
      pending_.append(buffer, static_cast<std::size_t>(got));
      continue;
    }
    auto json = parse_json(std::string_view(pending_).substr(0, end));
    pending_.erase(0, end + 1);
    if (!json || !json->is_object()) return retry_later("the server's answer is no JSON object");
    if (json->contains("progress") && (*json)["progress"].is_string()) {
      if (progress) progress((*json)["progress"].get<std::string>());
      continue;
    }
    if (json->contains("result")) return (*json)["result"];
    const auto& error = (*json)["error"];
    const auto remedy =
        error.value("remedy", "") == "retry later" ? Remedy::kRetryLater : Remedy::kPermanent;
    return std::unexpected(Error{remedy, error.value("text", "the server gave no reason")});
  }
}

}  // namespace hikyaku::app
