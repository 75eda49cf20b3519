// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/tag_list.h"

#include <fmt/format.h>

namespace hikyaku::dkim {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_octet(char c) { return is_alpha(c) || (c >= '0' && c <= '9') || c == '_'; }
bool is_wsp(char c) { return c == ' ' || c == '\t'; }
/// VALCHAR, and what RFC 8616 adds.
bool is_value_octet(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= 0x21 && octet != 0x7f && c != ';';
}

std::unexpected<Error> wrong(std::size_t at, std::string_view what) {
  return permanent(fmt::format("tag list, octet {}: {}", at, what));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  /// tag-spec, up to its ";" or the end.
  Result<Tag> tag() {
    skip_fws();
    const auto name = at_;
    if (at_end() || !is_alpha(text_[at_])) return wrong(at_, "a tag name is missing");
    while (!at_end() && is_name_octet(text_[at_])) ++at_;
    Tag tag{.name = text_.substr(name, at_ - name)};
    skip_fws();
    if (at_end() || text_[at_] != '=') return wrong(at_, "a tag has no \"=\" behind its name");
    tag.begin = ++at_;
    skip_fws();
    const auto value = at_;
    auto value_end = at_;
    while (!at_end() && text_[at_] != ';') {
      if (skip_fws()) continue;
      if (!is_value_octet(text_[at_])) return wrong(at_, "an octet that no value may hold");
      value_end = ++at_;
    }
    tag.value = text_.substr(value, value_end - value);
    tag.end = at_;
    return tag;
  }

  /// Behind a ";": whether another tag follows.
  bool more() {
    if (at_end()) return false;
    ++at_;
    const auto here = at_;
    // Why: the grammar lets a list end with ";" but not with white space behind it; many key
    // records and folded fields have it, and nothing else can be meant.
    skip_fws();
    if (at_end()) return false;
    at_ = here;
    return true;
  }

  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }

  /// White space and folds. Whether there was any.
  bool skip_fws() {
    const auto begin = at_;
    for (;;) {
      if (!at_end() && is_wsp(text_[at_])) {
        ++at_;
      } else if (at_ + 2 < text_.size() && text_[at_] == '\r' && text_[at_ + 1] == '\n' &&
                 is_wsp(text_[at_ + 2])) {
        at_ += 3;
      } else {
        return at_ != begin;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<TagList> TagList::parse(std::string_view text) {
  if (text.size() > kTagListOctetsMax)
    return permanent(
        fmt::format("a tag list of {} octets; {} at most", text.size(), kTagListOctetsMax));
  Parser parser(text);
  TagList list;
  do {
    const auto at = parser.at();
    HK_ASSIGN(const auto tag, parser.tag());
    // RFC 6376 §3.2: "if a tag name does occur more than once, the entire tag-list is invalid".
    if (list.find(tag.name) != nullptr)
      return wrong(at, fmt::format("the tag {}= comes twice", tag.name));
    if (list.tags_.size() == kTagsMax) return wrong(at, fmt::format("over {} tags", kTagsMax));
    list.tags_.push_back(tag);
  } while (parser.more());
  return list;
}

const Tag* TagList::find(std::string_view name) const {
  for (const auto& tag : tags_) {
    if (tag.name == name) return &tag;
  }
  return nullptr;
}

}  // namespace hikyaku::dkim
