// SPDX-License-Identifier: Apache-2.0
#include "port/net/thread.h"

#include <pthread.h>

#include <csignal>

namespace hikyaku::net {

std::thread start_thread(std::string name, std::function<void()> body) {
  // Blocked before the thread is made, so that it never runs a moment with signals open.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  std::thread thread(std::move(body));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  name.resize(std::min<std::size_t>(name.size(), 15));
  pthread_setname_np(thread.native_handle(), name.c_str());
  return thread;
}

}  // namespace hikyaku::net
