// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace hikyaku::app {

/// Started as root: gives the data folder to `user`, then becomes that user for ever. Ports must be
/// bound before. Not root: nothing to do. A user that does not exist is an error with the remedy,
/// unless `required` is kNo (the demo), when it stays what it is.
enum class UserRequired : unsigned char { kYes, kNo };
Status become_user(const std::string& user, const std::string& data, UserRequired required);

/// Tells the service manager something ("READY=1") over NOTIFY_SOCKET (sd_notify(3)), if there is
/// one.
void notify_manager(const std::string& state);

}  // namespace hikyaku::app
