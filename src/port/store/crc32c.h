// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace hikyaku::store {

/// CRC-32C (Castagnoli), as in RFC 3720 §12.1; `crc` is that of what comes before.
[[nodiscard]] std::uint32_t crc32c(std::string_view octets, std::uint32_t crc = 0);

}  // namespace hikyaku::store
