// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "base/task_scope.h"
#include "policy/retry.h"
#include "port/crypto/tls.h"
#include "port/dns/mx.h"
#include "port/dns/resolver.h"
#include "port/net/loop.h"
#include "port/store/store.h"
#include "protocol/dsn/report.h"
#include "record/queue/queue.h"
#include "service/delivery/site_view.h"
#include "service/intake/intake.h"

namespace hikyaku::delivery {

struct Options {
  std::string host;        ///< our name: reports come from it
  std::string hello_name;  ///< for EHLO; empty = host
  dns::RouteOptions::Families families = dns::RouteOptions::Families::kBoth;
  std::optional<net::IpAddress> source_v4, source_v6;
  std::uint16_t port = 25;
  std::size_t connections_max = 200;
  std::size_t connections_per_site = 20;
  Duration connect_patience = std::chrono::seconds(30);
  policy::RetryPlan plan;
  std::vector<std::string> own_names;  ///< MX loops to these are cut off
  std::vector<net::IpAddress> own_addresses;
};

struct Ports {
  store::Store& store;
  intake::Intake& intake;  ///< takes our reports in
  directory::Directory& directory;
  dns::Resolver& resolver;
  const crypto::TlsClient& tls;
  const Clock& clock;
  net::LoopPool& loops;
  dsn::Explain explain;  ///< what a remote reply means, for reports
};

/// Brings what waits in the queue to its destinations, retries, and reports what failed.
///
/// One for the process. It keeps the due index in memory, and no more of an item than id, due time,
/// sender's hash and destination until its turn comes. Destinations whose mail the same hosts take
/// are one site, with its connections and limits; sites take turns, and so do the senders within
/// one (schedule.h). A message is removed only in the commit that records its result: a crash
/// between the remote's 250 and that commit repeats a delivery, never loses one.
/// Threads: run() on a loop; all else from any.
class Delivery {
 public:
  Delivery(Options options, Ports ports);
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;
  ~Delivery();

  /// Reads the due index and works until the scope stops; then ends what is under way: a message
  /// whose final dot was sent is waited for (bounded), all else is left for the next start.
  Task<void> run(TaskScope* scope);

  /// A new item, after its commit.
  void queued(const queue::Item& item);
  /// An administrator changed or removed it: read it again.
  void changed(QueueId id);

  /// An administrator wants it now, or all of a destination, or (empty) everything: whatever was
  /// learned about the site is forgotten. How many that are.
  std::size_t hurry(QueueId id);
  std::size_t hurry_all(std::string_view destination);

  /// The sites that have mail waiting, or trouble; those with the most first. `name`: only the one
  /// of that name or destination.
  [[nodiscard]] std::vector<SiteView> sites(const std::string& name = {}) const;
  /// Forgets the trouble of a site, named by itself or by a destination; empty = of all. False when
  /// there is none of that name.
  bool reset(const std::string& name);

  struct Load {
    std::size_t waiting = 0;  ///< known items
    std::size_t under_way = 0;
    std::size_t connections = 0;
  };
  [[nodiscard]] Load load() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hikyaku::delivery
