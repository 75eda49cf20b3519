// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace hikyaku::results {

/// "smtp.mailfrom=a@example.org": the values of a test. Small letters but for the value.
struct Property {
  std::string type;  ///< "smtp", "header", "body", "policy"
  std::string name;
  std::string value;  ///< without quotes
  bool operator==(const Property&) const = default;
};

/// One resinfo: "dkim=pass (2048-bit key) reason=\"...\" header.d=example.org".
struct MethodResult {
  std::string method;   ///< small letters
  std::string result;   ///< small letters
  std::string comment;  ///< the first one behind the result; for people
  std::string reason;
  std::vector<Property> properties;
  bool operator==(const MethodResult&) const = default;
};

struct Results {
  std::string authserv_id;            ///< who says so
  std::vector<MethodResult> methods;  ///< empty: "none", no test was done
  bool operator==(const Results&) const = default;
};

inline constexpr std::size_t kFieldOctetsMax = 64 * 1024;
inline constexpr std::size_t kMethodsMax = 128;
inline constexpr std::size_t kPropertiesMax = 32;  ///< of one method

/// The value of an Authentication-Results field.
///
/// Source: RFC 8601 §2.2. More is taken than its grammar allows in one place: a property's value
///         may hold whatever is neither white space nor ";", as many servers write it.
/// Errors: kPermanent, with the place: malformed, of another version than 1, over a limit.
Result<Results> parse(std::string_view value);

/// The same as a value, one result a line, without a line end at its end. Octets that no field may
/// hold become "?". A name that is no keyword is an error of ours.
[[nodiscard]] std::string print(const Results& results);

}  // namespace hikyaku::results
