// SPDX-License-Identifier: Apache-2.0
// Property: a key record, written again from what was read, is read as the same; tags that nobody
// knows change nothing.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "protocol/mailauth/dkim/key_record.h"
#include "protocol/mailauth/dkim/tag_list.h"
#include "protocol/mime/transfer_encoding.h"

namespace {

using namespace hikyaku;

void require(bool condition) {
  if (!condition) std::abort();
}

bool same(const dkim::KeyRecord& a, const dkim::KeyRecord& b) {
  return a.type == b.type && a.key == b.key && a.permits_sha256 == b.permits_sha256 &&
         a.for_email == b.for_email && a.testing == b.testing &&
         a.strict_identity == b.strict_identity;
}

std::string print(const dkim::KeyRecord& key) {
  std::string out = "v=DKIM1; k=";
  out += key.type == dkim::KeyRecord::Type::kRsa ? "rsa" : "ed25519";
  if (!key.permits_sha256) out += "; h=sha1";
  if (!key.for_email) out += "; s=x";
  out += key.testing ? "; t=y" : "; t=x";
  if (key.strict_identity) out += ":s";
  return out + "; p=" + mime::base64_line(key.key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto key = dkim::parse_key_record(text);
  if (!key) return 0;
  const auto printed = print(*key);
  if (printed.size() <= dkim::kTagListOctetsMax) {
    const auto again = dkim::parse_key_record(printed);
    require(again.has_value() && same(*key, *again));
  }
  const auto tags = dkim::TagList::parse(text);
  require(tags.has_value());
  if (tags->find("zz") != nullptr || tags->tags().size() == dkim::kTagsMax) return 0;
  const auto last = tags->tags().back().end;  // a ";" may stand behind it
  const auto more = text.substr(0, last) + ";zz=1";
  if (more.size() > dkim::kTagListOctetsMax) return 0;
  const auto with_more = dkim::parse_key_record(more);
  require(with_more.has_value() && same(*key, *with_more));
  return 0;
}
