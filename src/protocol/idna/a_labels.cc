// SPDX-License-Identifier: Apache-2.0
#include "protocol/idna/a_labels.h"

#include <unicode/uidna.h>

#include <array>

namespace hikyaku::idna {
namespace {

constexpr std::size_t kNameOctetsMax = 253;
/// U-labels take more octets than their A-labels, but not more than this for a name that is one.
constexpr std::size_t kUnicodeOctetsMax = 1024;

}  // namespace

std::optional<std::string> to_a_labels(std::string_view name) {
  if (name.size() > kUnicodeOctetsMax) return std::nullopt;
  // Made once and never closed: it has no state, and may be used by any thread.
  static const UIDNA* const converter = [] {
    UErrorCode opened = U_ZERO_ERROR;
    return uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
                           &opened);
  }();
  if (converter == nullptr) return std::nullopt;
  std::array<char, kNameOctetsMax + 2> out{};
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode status = U_ZERO_ERROR;
  const auto length =
      uidna_nameToASCII_UTF8(converter, name.data(), static_cast<std::int32_t>(name.size()),
                             out.data(), static_cast<std::int32_t>(out.size()), &info, &status);
  if (U_FAILURE(status) || info.errors != 0 || length <= 0 ||
      static_cast<std::size_t>(length) > kNameOctetsMax)
    return std::nullopt;
  return std::string(out.data(), static_cast<std::size_t>(length));
}

}  // namespace hikyaku::idna
