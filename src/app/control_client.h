// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/json.h"
#include "base/error.h"
#include "base/told.h"

namespace hikyaku::app {

/// The command line's end of the control socket. Blocks.
class ControlClient {
 public:
  /// nullopt when no server listens there (no socket file, or nobody behind it).
  /// Errors: kPermanent when the socket may not be opened, with who may.
  static Result<std::optional<ControlClient>> connect(const std::string& path);
  ControlClient(ControlClient&& other) noexcept;
  ControlClient& operator=(ControlClient&&) = delete;
  ~ControlClient();

  /// The result of the command, or its error. `progress` is told of each line meanwhile.
  Result<Json> run(const std::string& command, const Json& arguments,
                   const std::function<void(const Told&)>& progress);

 private:
  explicit ControlClient(int socket) : socket_(socket) {}
  int socket_;
  std::string pending_;
};

}  // namespace hikyaku::app
