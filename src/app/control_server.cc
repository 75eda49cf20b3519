// SPDX-License-Identifier: Apache-2.0
#include "app/control_server.h"

#include <memory>
#include <mutex>
#include <utility>

#include "base/event.h"
#include "base/event_keys.h"
#include "base/task_scope.h"
#include "port/net/loop.h"

namespace hikyaku::app {
namespace {

constexpr std::size_t kRequestOctetsMax = 1 << 20;
constexpr Duration kPatience = std::chrono::minutes(1);

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json error_json(const Error& error) {
  const bool later = error.remedy == Remedy::kRetryLater;
  Json out = Json::object();
  set_told(out, "text", told(error));
  out["remedy"] = later ? "retry later" : "permanent";
  return Json{{"error", std::move(out)}};
}

/// The next line, without its end; empty at the end of the connection.
Task<Result<std::string>> read_line(net::Stream* stream, std::string* pending) {
  for (;;) {
    if (const auto end = pending->find('\n'); end != std::string::npos) {
      auto line = pending->substr(0, end);
      pending->erase(0, end + 1);
      co_return line;
    }
    if (pending->size() > kRequestOctetsMax) co_return close_peer("request over 1 MiB");
    const auto deadline = net::after(kPatience);
    HK_CO_ASSIGN(const auto ready, co_await stream->idle(deadline));
    if (ready == net::Ready::kStopping) co_return std::string();
    const auto buffer = net::Loop::current()->read_buffer();
    HK_CO_ASSIGN(const auto got, co_await stream->read_some(buffer, deadline));
    if (got == 0) co_return std::string();
    pending->append(buffer.data(), got);
  }
}

/// Progress lines of a command are written by a task of their own on the stream's loop, one after
/// the other, while the command goes on: it does not wait for the terminal.
class ProgressWriter {
 public:
  ProgressWriter(net::Stream& stream, Executor& loop) : stream_(stream), loop_(loop) {}
  /// From any thread.
  void add(const Told& text) {
    Json line = Json::object();
    set_told(line, "progress", text);
    bool idle = false;
    {
      const std::lock_guard lock(mutex_);
      waiting_ += line_of(line);
      idle = !std::exchange(writing_, true);
    }
    // Without the lock: on the loop's own thread the task begins at once, and takes it.
    if (idle) tasks_.spawn_on(loop_, write());
  }
  /// All is written, or the stream is broken: then the answer will not go out either.
  Task<void> finish() { co_await tasks_.join(); }

 private:
  Task<void> write() {
    for (std::string out; take(&out);)
      ignore(co_await stream_.write(out, kPatience), "the answer meets the same");
  }
  bool take(std::string* out) {
    const std::lock_guard lock(mutex_);
    *out = std::exchange(waiting_, {});
    writing_ = !out->empty();
    return writing_;
  }

  net::Stream& stream_;
  Executor& loop_;
  std::mutex mutex_;
  std::string waiting_;
  bool writing_ = false;
  TaskScope tasks_;
};

Task<Json> answer(AdminPorts* ports, std::string line) {
  auto request = parse_json(line);
  if (!request) co_return error_json(request.error());
  if (!request->is_object() || !request->contains("command") || !(*request)["command"].is_string())
    co_return error_json(Error{Remedy::kPermanent, "a request needs a \"command\""});
  auto name = (*request)["command"].get<std::string>();
  auto arguments = request->contains("arguments") ? (*request)["arguments"] : Json::object();
  event::info("control.command", {{event::key::kCommand, name}});
  auto result = co_await run_admin(ports, std::move(name), std::move(arguments));
  if (!result) co_return error_json(result.error());
  co_return Json{{"result", *std::move(result)}};
}

}  // namespace

Task<void> serve_control(AdminPorts ports, net::StreamPtr stream) {
  auto& loop = *net::Loop::current();
  ProgressWriter progress(*stream, loop);
  ports.progress = [&progress](const Told& text) { progress.add(text); };
  std::string pending;
  for (;;) {
    auto line = co_await read_line(stream.get(), &pending);
    if (!line || line->empty()) break;
    const auto json = co_await answer(&ports, *std::move(line));
    co_await ResumeOn(loop);
    co_await progress.finish();
    const auto out = line_of(json);
    if (!co_await stream->write(out, kPatience)) break;
  }
  stream->close();
}

}  // namespace hikyaku::app
