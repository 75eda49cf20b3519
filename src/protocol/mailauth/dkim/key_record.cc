// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/key_record.h"

#include <algorithm>

#include "protocol/mailauth/dkim/tag_list.h"
#include "protocol/mailauth/dkim/tag_value.h"

namespace hikyaku::dkim {
namespace {

/// Whether the list of a tag holds one of the words; without the tag, `otherwise`.
bool lists(const TagList& tags, std::string_view name,
           std::initializer_list<std::string_view> words, bool otherwise) {
  const auto* tag = tags.find(name);
  if (tag == nullptr) return otherwise;
  const auto elements = split_at_colons(tag->value);
  return std::ranges::find_first_of(elements, words) != elements.end();
}

}  // namespace

Result<KeyRecord> parse_key_record(std::string_view text) {
  HK_ASSIGN(const auto tags, TagList::parse(text));
  if (const auto* version = tags.find("v")) {
    // "This tag MUST be the first tag in the record."
    if (version->value != "DKIM1" || version != tags.tags().data())
      return permanent("v= is not DKIM1, or not the first tag");
  }
  KeyRecord out;
  if (const auto* type = tags.find("k")) {
    if (type->value == "ed25519") {
      out.type = KeyRecord::Type::kEd25519;
    } else if (type->value != "rsa") {
      return permanent("k= names no key type that is known");
    }
  }
  const auto* key = tags.find("p");
  if (key == nullptr) return permanent("p= is missing");
  auto octets = decode_base64(key->value);
  if (!octets) return permanent("p= is not base64");
  out.key = *std::move(octets);
  out.permits_sha256 = lists(tags, "h", {"sha256"}, true);
  out.for_email = lists(tags, "s", {"*", "email"}, true);
  out.testing = lists(tags, "t", {"y"}, false);
  out.strict_identity = lists(tags, "t", {"s"}, false);
  return out;
}

std::string key_name(std::string_view selector, std::string_view domain) {
  std::string out(selector);
  out += "._domainkey.";
  out += domain;
  return out;
}

}  // namespace hikyaku::dkim
