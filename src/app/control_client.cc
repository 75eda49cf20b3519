// SPDX-License-Identifier: Apache-2.0
#include "app/control_client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/system_words.h"

namespace hikyaku::app {
namespace {

/// The error of an answer that has no result.
Error error_in(const Json& answer) {
  const auto error = answer.find("error");
  const auto text = [&](const char* key) {
    if (error == answer.end() || !error->is_object()) return std::string();
    const auto at = error->find(key);
    return at != error->end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  if (text("text").empty())
    return error_of(Remedy::kRetryLater,
                    Words{"the server gave no answer that can be read; is it the same release?",
                          "サーバーの応答を読めません。同じ版か確認してください"});
  const auto remedy = text("remedy") == "retry later" ? Remedy::kRetryLater : Remedy::kPermanent;
  return {.remedy = remedy, .text = text("text"), .japanese = text("text_ja")};
}

}  // namespace

Result<std::optional<ControlClient>> ControlClient::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return permanent(
        Words{
            "the path of the control socket is too long: {0}; set control.socket to a shorter one",
            "制御ソケットのパスが長すぎます: {0}。control.socket を短くしてください"},
        path);
  std::memcpy(address.sun_path, path.data(), path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return system_error(errno, Words{"control socket", "制御ソケット"});
  ControlClient client(socket);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return std::optional(std::move(client));
  if (errno == ENOENT || errno == ECONNREFUSED) return std::nullopt;
  if (errno == EACCES || errno == EPERM)
    return permanent(
        Words{"you may not use the control socket {0}; run this as root or as the server's user",
              "制御ソケット {0} を使う権限がありません。root かサーバーのユーザーとして実行して"
              "ください"},
        path);
  return system_error(errno, Words{"control socket {0}", "制御ソケット {0}"}, path);
}

ControlClient::ControlClient(ControlClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), pending_(std::move(other.pending_)) {}

ControlClient::~ControlClient() {
  if (socket_ >= 0) ::close(socket_);
}

Result<Json> ControlClient::run(const std::string& command, const Json& arguments,
                                const std::function<void(const Told&)>& progress) {
  // What is not UTF-8 came from a keyboard; the server will say that it is no name.
  auto request = Json{{"command", command}, {"arguments", arguments}}.dump(
                     -1, ' ', false, Json::error_handler_t::replace) +
                 "\n";
  for (std::string_view rest = request; !rest.empty();) {
    const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return system_error(errno, Words{"asking the server", "サーバーへの要求"});
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  for (;;) {
    const auto end = pending_.find('\n');
    if (end == std::string::npos) {
      char buffer[16384];
      const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0)
        return system_error(errno,
                            Words{"waiting for the server's answer", "サーバーの応答の受け取り"});
      if (got == 0)
        return retry_later(Words{"the server ended before it answered; see its log",
                                 "サーバーが応答の前に終了しました。ログを確認してください"});
      pending_.append(buffer, static_cast<std::size_t>(got));
      continue;
    }
    auto json = parse_json(std::string_view(pending_).substr(0, end));
    pending_.erase(0, end + 1);
    if (!json || !json->is_object())
      return retry_later(
          Words{"the server's answer is no JSON object; is it the same release?",
                "サーバーの応答が JSON オブジェクトではありません。同じ版か確認してください"});
    if (json->contains("progress") && (*json)["progress"].is_string()) {
      if (progress)
        progress(
            Told::from((*json)["progress"].get<std::string>(), json->value("progress_ja", "")));
      continue;
    }
    if (json->contains("result")) return (*json)["result"];
    return std::unexpected(error_in(*json));
  }
}

}  // namespace hikyaku::app
