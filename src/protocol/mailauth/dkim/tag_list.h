// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace hikyaku::dkim {

/// One name=value of a tag list. The views and places are of the text that was parsed.
struct Tag {
  std::string_view name;
  std::string_view value;  ///< without white space at its ends; that inside is as written
  std::size_t begin = 0;   ///< the octet after "="
  std::size_t end = 0;     ///< of the ";" behind the value, or the end of the list
};

inline constexpr std::size_t kTagListOctetsMax = 16 * 1024;
inline constexpr std::size_t kTagsMax = 64;

/// The tags of a list, in order.
///
/// Source: RFC 6376 §3.2. Names are case-sensitive, and a name that comes twice makes the whole
///         list invalid. Octets from 0x80 on may stand in values (RFC 8616 §5).
class TagList {
 public:
  /// Errors: kPermanent, with the place (octets from 0).
  static Result<TagList> parse(std::string_view text);

  /// nullptr: there is no such tag, which is not the same as an empty one.
  [[nodiscard]] const Tag* find(std::string_view name) const;
  [[nodiscard]] const std::vector<Tag>& tags() const { return tags_; }

 private:
  std::vector<Tag> tags_;
};

}  // namespace hikyaku::dkim
