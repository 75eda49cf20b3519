// SPDX-License-Identifier: Apache-2.0
// Property: what is read as a tag list, written again, is read as the same; places lie inside and
// in order.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "protocol/mailauth/dkim/tag_list.h"

namespace {
void require(bool condition) {
  if (!condition) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hikyaku::dkim;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tags = TagList::parse(text);
  if (!tags) return 0;
  require(!tags->tags().empty() && tags->tags().size() <= kTagsMax);
  std::string again;
  std::size_t before = 0;
  for (const auto& tag : tags->tags()) {
    require(before < tag.begin && tag.begin <= tag.end && tag.end <= text.size());
    require(text.substr(tag.begin, tag.end - tag.begin).contains(tag.value));
    require(tags->find(tag.name) == &tag);
    before = tag.end;
    again += std::string(tag.name) + "=" + std::string(tag.value) + ";";
  }
  if (again.size() > kTagListOctetsMax) return 0;
  const auto twice = TagList::parse(again);
  require(twice.has_value() && twice->tags().size() == tags->tags().size());
  for (std::size_t i = 0; i < tags->tags().size(); ++i)
    require(twice->tags()[i].name == tags->tags()[i].name &&
            twice->tags()[i].value == tags->tags()[i].value);
  return 0;
}
