// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/results/forged.h"

#include <algorithm>

#include "protocol/mailauth/lookup/name.h"
#include "protocol/mailauth/results/scanner.h"
#include "protocol/mime/header.h"

namespace hikyaku::results {
namespace {

std::string comparable(std::string_view id) {
  if (auto name = lookup::a_labels(id)) return *std::move(name);
  return lookup::small_letters(id);
}

}  // namespace

bool is_forged(std::string_view value, std::span<const std::string> own) {
  Scanner in(value);
  if (!in.skip_cfws()) return true;
  std::string id;
  if (in.peek() == '"') {
    const auto text = in.quoted();
    if (!text) return true;
    id = *text;
  } else {
    id = in.run(is_token_octet);
  }
  // What stands here other than space, a comment or the first ";" makes the name another one for
  // one program and not for the next.
  const auto before = in.at();
  if (id.empty() || !in.skip_cfws()) return true;
  if (!in.at_end() && in.peek() != ';' && in.at() == before) return true;
  const auto is_it = [&](const std::string& ours) { return comparable(ours) == comparable(id); };
  return std::ranges::any_of(own, is_it);
}

std::string without_forged(std::string_view header, std::span<const std::string> own) {
  std::string out;
  out.reserve(header.size());
  mime::HeaderReader reader(header);
  while (const auto field = reader.next()) {
    const bool results = mime::same_name(field->name, "Authentication-Results");
    if (!results || !is_forged(field->value, own)) out += field->raw;
  }
  out += header.substr(reader.offset());
  return out;
}

}  // namespace hikyaku::results
