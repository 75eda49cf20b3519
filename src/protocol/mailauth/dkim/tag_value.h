// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Values of tags (RFC 6376 §2.10, §2.11, §3.5), read strictly: nullopt is a syntax error.
namespace hikyaku::dkim {

/// base64string: white space inside is ignored; padding is whole or absent; no bits are left over.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view value);

/// 1*digits_max DIGIT; numbers over 2^64-1 give 2^64-1.
[[nodiscard]] std::optional<std::uint64_t> decode_number(std::string_view value,
                                                         std::size_t digits_max);

/// Elements between colons, without white space around them; an empty value has one, empty element.
[[nodiscard]] std::vector<std::string_view> split_at_colons(std::string_view value);

/// dkim-quoted-printable.
[[nodiscard]] std::optional<std::string> decode_quoted_printable(std::string_view value);

/// A domain name of at least `labels_min` labels in the form that DNS is asked in: A-labels (RFC
/// 8616 §5), small letters, no final dot.
[[nodiscard]] std::optional<std::string> dns_name(std::string_view value, std::size_t labels_min);

/// field-name (RFC 5322 §2.2).
[[nodiscard]] bool is_field_name(std::string_view text);

}  // namespace hikyaku::dkim
