// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace hikyaku::net {

/// A thread with a name (at most 15 characters) for top and gdb, that no signal is delivered to:
/// signals are the main thread's business.
std::thread start_thread(std::string name, std::function<void()> body);

}  // namespace hikyaku::net
