// SPDX-License-Identifier: Apache-2.0
// IDLE (RFC 9051 §6.3.13): what changes is told at once.
#include <algorithm>

#include "port/net/loop.h"
#include "server/imap/session.h"

namespace hikyaku::imap_server {
namespace {

bool is_done(std::string_view line) {
  return std::ranges::equal(line, std::string_view("DONE"),
                            [](char a, char b) { return (a & ~0x20) == b; });
}

}  // namespace

Task<void> Session::run_command(imap::Idle /*command*/) {
  const store::Hints::Subscription hint(ports_.hints, account_->id(),
                                        [this](AccountId, ModSeq) { stream_->wake(); });
  imap::append_continuation(out_, "idling");
  reader_.read_line(16);
  const auto until = net::after(options_.idle_patience);
  for (;;) {
    co_await sync(imap::ExpungeRule::kMaySend);
    auto reaction = reader_.next();
    if (auto* line = std::get_if<imap::Line>(&reaction)) {
      if (is_done(line->text)) {
        ok("idled");
      } else {
        bad("IDLE ends with DONE");
      }
      co_return;
    }
    if (auto* hang_up = std::get_if<imap::HangUp>(&reaction)) {
      bye(hang_up->text);
      co_return;
    }
    if (!co_await wait_in_idle(until)) co_return;
  }
}

/// Waits for the client or a hint; false when the session has ended.
Task<bool> Session::wait_in_idle(net::Deadline until) {
  if (!co_await flush()) {
    ended_ = true;
    co_return false;
  }
  const auto deadline = std::min(until, net::after(options_.still_here_every));
  const auto ready = co_await stream_->idle(deadline);
  if (!ready) {
    if (ready.error().remedy != Remedy::kRetryLater) {
      ended_ = true;
    } else if (std::chrono::steady_clock::now() >= until) {
      bye("idle for too long");
    } else {
      imap::append_status(out_, {}, imap::Condition::kOk, {}, "still here");
    }
    co_return !ended_;
  }
  if (*ready == net::Ready::kStopping) {
    bye("the server stops, come back soon");
    co_return false;
  }
  if (*ready == net::Ready::kWoken) co_return true;
  const auto buffer = net::Loop::current()->read_buffer();
  const auto got = co_await stream_->read_some(buffer, deadline);
  if (!got || *got == 0) {
    ended_ = true;
    co_return false;
  }
  reader_.feed({buffer.data(), *got});
  co_return true;
}

}  // namespace hikyaku::imap_server
