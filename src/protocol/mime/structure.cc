// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/structure.h"

#include "protocol/mime/encoded_word.h"

namespace hikyaku::mime {

std::string_view Part::charset() const {
  const auto* value = find_parameter(parameters, "charset");
  return value != nullptr ? std::string_view(*value) : "us-ascii";
}

std::string Part::file_name() const {
  const std::string* name = nullptr;
  if (disposition) name = find_parameter(disposition->parameters, "filename");
  if (name == nullptr) name = find_parameter(parameters, "name");
  return name != nullptr ? decode_words(*name) : std::string();
}

const Part* find_part(const Structure& structure, std::span<const std::uint32_t> numbers) {
  // RFC 9051 §6.4.5.1. A number counts in the multipart that the part is or, for a message, that
  // its embedded entity is; a message that is no multipart has the one part 1.
  const auto* part = &structure.root;
  bool is_whole_message = true;
  for (const auto number : numbers) {
    const auto* container = part;
    bool of_message = is_whole_message;
    if (!is_whole_message && part->is_message()) {
      container = &part->children.front();
      of_message = true;
    }
    is_whole_message = false;
    if (container->is_multipart()) {
      if (number == 0 || number > container->children.size()) return nullptr;
      part = &container->children[number - 1];
    } else if (of_message && number == 1) {
      part = container;
    } else {
      return nullptr;
    }
  }
  return part;
}

std::optional<OctetRange> find_section(const Structure& structure,
                                       std::span<const std::uint32_t> numbers, SectionText text) {
  const auto* part = find_part(structure, numbers);
  if (part == nullptr) return std::nullopt;
  if (text == SectionText::kAll) {
    return OctetRange{numbers.empty() ? 0 : part->body_begin, part->end};
  }
  if (text == SectionText::kMime) {
    if (numbers.empty()) return std::nullopt;
    return OctetRange{part->header_begin, part->body_begin};
  }
  if (!numbers.empty()) {
    if (!part->is_message()) return std::nullopt;
    part = &part->children.front();
  }
  if (text == SectionText::kHeader) return OctetRange{part->header_begin, part->body_begin};
  return OctetRange{part->body_begin, part->end};
}

}  // namespace hikyaku::mime
