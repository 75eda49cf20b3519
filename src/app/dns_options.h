// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "config/config.h"
#include "port/dns/resolver.h"

namespace hikyaku::app {

/// The resolver that a configuration asks for.
/// Errors: kPermanent when a zone file can not be read.
Result<dns::Options> dns_options(const config::Config& config);

}  // namespace hikyaku::app
