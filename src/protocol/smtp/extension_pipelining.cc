// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/extension.h"

namespace hikyaku::smtp::extension {

// RFC 2920: the session reads commands as they come, and its replies gather in the output.
constinit const Extension kPipelining{.keyword = "PIPELINING"};

}  // namespace hikyaku::smtp::extension
