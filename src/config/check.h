// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "config/config.h"
#include "config/read.h"
#include "config/tree.h"

namespace hikyaku::config {

/// Fills in what follows from other keys: listeners, their ports, the control socket.
void complete(Config* config);

/// Finds what is wrong between keys: two listeners at one place, a certificate without key, a
/// warning after the end. The places are those of the listeners and certificates in the file.
void check(const Config& config, const std::vector<Place>& listeners,
           const std::vector<Place>& certificates, std::vector<Problem>* problems);

}  // namespace hikyaku::config
