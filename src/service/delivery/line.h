// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "base/task_scope.h"
#include "service/delivery/attempt.h"
#include "service/delivery/conversation.h"
#include "service/delivery/schedule.h"

namespace hikyaku::delivery {

/// A line to a site: one connection at a time, which carries one message after the other.
///
/// A connection is made when the first message needs it: the hosts are called one after the other
/// until one answers, with opportunistic TLS; one whose handshake fails is called once more without
/// (RFC 7435). It ends after some messages or minutes, and when it is not needed for some seconds.
///
/// Never twice: a message goes over a second connection only when the first broke before the
/// message's end was sent; and only when that connection had been used before, since then the
/// server has likely just closed what was idle or had enough.
/// Threads: belongs to one loop; call() and dismiss() from any.
class Line {
 public:
  Line(const Options& options, const Ports& ports, Site& site, TaskScope* scope)
      : options_(options), ports_(ports), site_(site), scope_(scope) {}

  /// Tries to deliver an item's waiting recipients. `order` is the destination's Way::order.
  Task<AttemptResult> deliver(queue::Item item, std::uint64_t order);

  /// A connection is open that has just taken a message: worth keeping for the next.
  [[nodiscard]] bool keeps() const { return usable() && delivered_; }
  /// Waits with an open connection: until call(), or until it is not worth waiting any more.
  Task<void> park();
  /// Says goodbye.
  Task<void> hang_up();

  // The caller's lock guards these.
  void call(Schedule::Pick pick) {
    called_ = std::move(pick);
    talk_->stream().wake();
  }
  void dismiss() { talk_->stream().wake(); }
  [[nodiscard]] std::optional<Schedule::Pick> take_call() {
    return std::exchange(called_, std::nullopt);
  }
  [[nodiscard]] Site& site() { return site_; }

 private:
  struct Trial;
  [[nodiscard]] bool usable() const { return talk_ != nullptr && talk_->usable() && !broken_; }
  Task<bool> use_open(Trial* trial);
  Task<void> use_new(Trial* trial);
  Task<bool> try_address(Trial* trial, std::string host, net::IpAddress address, bool secure);
  Task<std::optional<smtp::ClientFailure>> call_host(std::string host, net::IpAddress address);
  Task<std::optional<smtp::ClientFailure>> connect(std::string host, net::IpAddress address,
                                                   smtp::StartTlsUse tls);
  void take(Trial* trial, Talk talk);

  const Options& options_;
  const Ports& ports_;
  Site& site_;
  TaskScope* scope_;
  std::unique_ptr<Conversation> talk_;
  std::string address_;      ///< of the host that is connected
  bool secure_ = false;      ///< MX and addresses are validated by DNSSEC
  std::uint64_t order_ = 0;  ///< of the destination that it was connected for
  SteadyTime since_{};
  bool chunking_ = true;    ///< no host has refused BDAT that it offered
  bool broken_ = false;     ///< the server has hung up while nobody spoke
  bool delivered_ = false;  ///< the last message, to one recipient at least
  std::optional<Schedule::Pick> called_;
};

}  // namespace hikyaku::delivery
