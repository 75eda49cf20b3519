// SPDX-License-Identifier: Apache-2.0
#include "protocol/smtp/extension.h"

namespace hikyaku::smtp::extension {

// RFC 2034: append_wire() writes the codes.
constinit const Extension kEnhancedStatusCodes{.keyword = "ENHANCEDSTATUSCODES"};

}  // namespace hikyaku::smtp::extension
