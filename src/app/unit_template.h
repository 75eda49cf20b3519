// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace hikyaku::app {

/// The packaged systemd unit (packaging/hikyaku.service), whose paths quickstart replaces.
extern const std::string_view kUnitTemplate;

}  // namespace hikyaku::app
