// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/entity_header.h"

#include <algorithm>

#include "protocol/mime/header.h"

namespace hikyaku::mime {
namespace {

struct KnownField {
  std::string_view name;
  FieldId id;
};

constexpr std::array<KnownField, kFieldIds> kKnown = {{
    {"content-type", FieldId::kContentType},
    {"content-transfer-encoding", FieldId::kContentTransferEncoding},
    {"content-disposition", FieldId::kContentDisposition},
    {"content-id", FieldId::kContentId},
    {"content-description", FieldId::kContentDescription},
    {"content-language", FieldId::kContentLanguage},
    {"content-location", FieldId::kContentLocation},
    {"content-md5", FieldId::kContentMd5},
    {"date", FieldId::kDate},
    {"subject", FieldId::kSubject},
    {"from", FieldId::kFrom},
    {"sender", FieldId::kSender},
    {"reply-to", FieldId::kReplyTo},
    {"to", FieldId::kTo},
    {"cc", FieldId::kCc},
    {"bcc", FieldId::kBcc},
    {"in-reply-to", FieldId::kInReplyTo},
    {"message-id", FieldId::kMessageId},
    {"references", FieldId::kReferences},
}};

std::optional<FieldId> known_field(std::string_view name, HeaderScope scope) {
  for (const auto& field : kKnown) {
    if (field.name.size() != name.size() || !same_name(field.name, name)) continue;
    if (scope == HeaderScope::kPart && field.id >= FieldId::kDate) return std::nullopt;
    return field.id;
  }
  return std::nullopt;
}

bool is_searched(FieldId id) {
  switch (id) {
    case FieldId::kDate:
    case FieldId::kSubject:
    case FieldId::kFrom:
    case FieldId::kTo:
    case FieldId::kCc:
    case FieldId::kBcc:
    case FieldId::kMessageId: return true;
    default: return false;
  }
}

/// RFC 5322 §4.5.3: these may come more than once, and are one list then.
bool is_joined(FieldId id) {
  return id == FieldId::kTo || id == FieldId::kCc || id == FieldId::kBcc;
}

constexpr std::size_t kLanguagesMax = 100;

std::vector<std::string> languages_of(std::string_view value) {
  std::vector<std::string> out;
  while (!value.empty() && out.size() < kLanguagesMax) {
    const auto comma = value.find(',');
    auto tag = unfold(value.substr(0, comma));
    tag = tag.substr(0, tag.find_first_of("( ;"));  // a comment of RFC 3282
    if (!tag.empty()) out.push_back(std::move(tag));
    if (comma == std::string_view::npos) break;
    value.remove_prefix(comma + 1);
  }
  return out;
}

/// "text/plain" to its halves; what is no media type leaves the default (RFC 2045 §5.2).
void take_type(const std::string& value, Part& part) {
  const auto slash = value.find('/');
  const auto type = value.substr(0, slash);
  if (type.empty()) return;
  if (slash == std::string::npos || slash + 1 == value.size()) {
    // "text" alone was common before MIME was settled; anything else tells nothing.
    part.type = type == "text" ? "text" : "application";
    part.subtype = type == "text" ? "plain" : "octet-stream";
    return;
  }
  part.type = type;
  part.subtype = value.substr(slash + 1);
}

}  // namespace

bool is_search_field(std::string_view name) {
  const auto id = known_field(name, HeaderScope::kRoot);
  return id && is_searched(*id);
}

void EntityHeader::line(std::string_view line, std::size_t& budget) {
  if (line.starts_with(' ') || line.starts_with('\t')) return continuation(line, budget);
  open_ = nullptr;
  const auto name = field_name(line);
  const auto id = known_field(name, scope_);
  keeping_ = id && scope_ == HeaderScope::kRoot && is_searched(*id);
  if (!id) return;
  keep(line);
  auto& slot = fields_[static_cast<std::size_t>(*id)];
  if (slot && !is_joined(*id)) return;  // of repeated ones the first counts
  if (slot) {
    slot->append(", ");
  } else {
    slot.emplace();
  }
  open_ = &*slot;
  extend(line.substr(line.find(':', name.size()) + 1), budget);
}

void EntityHeader::continuation(std::string_view text, std::size_t& budget) {
  keep(text);
  extend(text, budget);
}

void EntityHeader::keep(std::string_view text) {
  if (!keeping_ || !search_header_) return;
  search_header_->append(text);
  if (search_header_->size() > kSearchHeaderOctetsMax) search_header_.reset();
}

std::optional<std::string> EntityHeader::take_search_header() { return std::move(search_header_); }

void EntityHeader::extend(std::string_view text, std::size_t& budget) {
  if (open_ == nullptr) return;
  const auto taken = text.substr(0, budget);
  budget -= taken.size();
  open_->append(taken);
}

void EntityHeader::apply(Part& part) const {
  if (const auto& type = raw(FieldId::kContentType)) {
    auto parsed = parse_parameterized(*type);
    take_type(parsed.value, part);
    part.parameters = std::move(parsed.parameters);
  }
  if (const auto& encoding = raw(FieldId::kContentTransferEncoding)) {
    auto token = parse_parameterized(*encoding).value;
    if (!token.empty()) part.encoding = transfer_encoding(token);
    if (part.encoding == TransferEncoding::kUnknown) part.encoding_name = std::move(token);
  }
  if (const auto& disposition = raw(FieldId::kContentDisposition)) {
    auto parsed = parse_parameterized(*disposition);
    if (!parsed.value.empty() || !parsed.parameters.empty()) {
      // RFC 2183 §2.8: what is unknown is an attachment.
      if (parsed.value.empty()) parsed.value = "attachment";
      part.disposition = Disposition{std::move(parsed.value), std::move(parsed.parameters)};
    }
  }
  part.id = text(FieldId::kContentId);
  part.description = text(FieldId::kContentDescription);
  part.location = text(FieldId::kContentLocation);
  part.md5 = text(FieldId::kContentMd5);
  if (const auto& language = raw(FieldId::kContentLanguage))
    part.languages = languages_of(*language);
}

Envelope EntityHeader::envelope() const {
  return {.date = text(FieldId::kDate),
          .subject = text(FieldId::kSubject),
          .from = addresses(FieldId::kFrom),
          .sender = addresses(FieldId::kSender),
          .reply_to = addresses(FieldId::kReplyTo),
          .to = addresses(FieldId::kTo),
          .cc = addresses(FieldId::kCc),
          .bcc = addresses(FieldId::kBcc),
          .in_reply_to = text(FieldId::kInReplyTo),
          .message_id = text(FieldId::kMessageId)};
}

std::optional<std::string> EntityHeader::references() const { return text(FieldId::kReferences); }

std::optional<std::string> EntityHeader::text(FieldId id) const {
  const auto& value = raw(id);
  if (!value) return std::nullopt;
  return unfold(*value);
}

AddressList EntityHeader::addresses(FieldId id) const {
  const auto& value = raw(id);
  if (!value) return {};
  return parse_addresses(*value);
}

}  // namespace hikyaku::mime
