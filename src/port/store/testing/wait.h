// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "base/task_scope.h"
#include "port/store/store.h"

namespace hikyaku::store {

/// For tests without an event loop: the blocking forms.
inline CommitResult wait_commit(Commit commit) {
  auto wait = [](Commit c) -> Task<CommitResult> { co_return co_await std::move(c); };
  return run_sync(wait(std::move(commit)));
}
inline Outcome commit_now(Store& store, Txn txn) {
  return wait_commit(store.submit(std::move(txn))).outcome;
}
inline std::string body_now(Store& store, BodyId id) {
  auto octets = run_sync(store.read_body(id, 0, UINT64_MAX));
  return octets ? *octets : "error: " + octets.error().text;
}
/// A body of those octets, linked to `holder`.
inline std::pair<BodyId, Txn> body_txn(Store& store, std::string octets, std::string holder) {
  auto body = store.new_body();
  const auto id = body.id();
  body.append(octets);
  return {id, Txn().with(std::move(body)).link(id, std::move(holder))};
}

}  // namespace hikyaku::store
