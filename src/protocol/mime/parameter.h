// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hikyaku::mime {

/// A parameter of Content-Type or Content-Disposition with its continuations joined.
struct Parameter {
  /// How it was written: name=value, or name*=charset'lang'%xx (RFC 2231 §4).
  enum class Form : std::uint8_t { kPlain, kExtended };

  std::string name;   ///< lower case, without the stars of RFC 2231
  std::string value;  ///< unquoted; kExtended: valid UTF-8; kPlain: octets as they came
  Form form = Form::kPlain;

  bool operator==(const Parameter&) const = default;
};

/// "token; name=value; ..." taken apart.
struct ParameterizedValue {
  std::string
      value;  ///< before the first semicolon, comments and outer white space gone, lower case
  std::vector<Parameter> parameters;
};

/// Parameters that are kept of one field, and segments of a continued one; the rest is dropped.
inline constexpr std::size_t kParametersMax = 100;

/// Reads the value of Content-Type, Content-Disposition and the like. Never fails: missing quotes,
/// missing semicolons and stray octets are read as they were most likely meant.
///
/// Source: RFC 2045 §5.1, RFC 2183 §2, RFC 2231 §3, §4.
[[nodiscard]] ParameterizedValue parse_parameterized(std::string_view value);

/// The value of a parameter (name in lower case), nullptr if absent.
[[nodiscard]] const std::string* find_parameter(const std::vector<Parameter>& parameters,
                                                std::string_view name);

/// "utf-8''%e9..." for a parameter name* (RFC 2231 §4, RFC 5987 §3.2).
[[nodiscard]] std::string extended_value(std::string_view utf8);

/// "; name=value" with quotes or as name*= where needed.
[[nodiscard]] std::string print_parameter(std::string_view name, std::string_view utf8);

}  // namespace hikyaku::mime
