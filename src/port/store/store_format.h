// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "port/store/files.h"

namespace hikyaku::store {

/// DIR/FORMAT is one line, "hikyaku store N". A release reads its own N and those before.
inline constexpr unsigned kStoreFormat = 1;

/// Makes the directory, if it is not there. An error when a newer release made what is in it, or
/// when it holds something else.
Status check_format(Files& files, const std::string& directory);

/// Says that the store is ours from now on.
Status write_format(Files& files, const std::string& directory);

}  // namespace hikyaku::store
