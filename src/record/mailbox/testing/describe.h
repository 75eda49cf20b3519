// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "record/mailbox/mailbox.h"

namespace hikyaku::mailbox::testing {

/// Everything that can be seen of an account, but modseqs and ids, as text for comparing.
std::string describe(const AccountPtr& account);

}  // namespace hikyaku::mailbox::testing
