// SPDX-License-Identifier: Apache-2.0
// The octets that a section names (RFC 9051 §6.4.5.1).
#include <algorithm>

#include "protocol/mime/header.h"
#include "protocol/mime/transfer_encoding.h"
#include "server/imap/fetcher.h"

namespace hikyaku::imap_server {
namespace {

using Item = imap::FetchSection::Item;
using Part = imap::FetchSection::Part;

constexpr std::uint64_t kPieceOctets = 256 * 1024;
/// A header over this is cut where single fields of it are asked for.
constexpr std::uint64_t kHeaderOctetsMax = 4 << 20;

mime::SectionText text_of(const imap::FetchSection& section) {
  if (section.item == Item::kRfc822Header) return mime::SectionText::kHeader;
  if (section.item == Item::kRfc822Text) return mime::SectionText::kText;
  switch (section.part) {
    case Part::kHeader:
    case Part::kHeaderFields:
    case Part::kHeaderFieldsNot: return mime::SectionText::kHeader;
    case Part::kText: return mime::SectionText::kText;
    case Part::kMime: return mime::SectionText::kMime;
    case Part::kWhole: break;
  }
  return mime::SectionText::kAll;
}

bool is_whole_message(const imap::FetchSection& section) {
  return section.part_numbers.empty() && text_of(section) == mime::SectionText::kAll;
}

bool wants_fields(const imap::FetchSection& section) {
  return section.part == Part::kHeaderFields || section.part == Part::kHeaderFieldsNot;
}

std::string_view cut(std::string_view octets,
                     const std::optional<imap::FetchSection::Partial>& partial) {
  if (!partial) return octets;
  if (partial->offset >= octets.size()) return {};
  return octets.substr(partial->offset, partial->octets_max);
}

/// The fields that are asked for, as they are, and the empty line (RFC 9051 §6.4.5.1).
std::string filter_fields(std::string_view header, const imap::FetchSection& section) {
  std::string out;
  mime::HeaderReader reader(header);
  while (const auto field = reader.next()) {
    const bool named =
        !field->name.empty() && std::ranges::any_of(section.fields, [&](const auto& name) {
          return mime::same_name(name, field->name);
        });
    if (named == (section.part == Part::kHeaderFields) && !field->name.empty())
      out.append(field->raw);
  }
  out.append("\r\n");
  return out;
}

}  // namespace

Task<Result<std::string>> Fetcher::read_all(BodyId body, mime::OctetRange range) {
  std::string out;
  while (range.begin < range.end) {
    HK_CO_ASSIGN(const auto piece,
                 co_await session_.ports_.store.read_body(
                     body, range.begin, std::min(kPieceOctets, range.end - range.begin)));
    if (piece.empty()) break;
    out.append(piece);
    range.begin += piece.size();
  }
  co_return out;
}

Task<Status> Fetcher::write_section(imap::FetchWriter* writer, const mailbox::Message* message,
                                    const imap::FetchSection* section) {
  const bool binary = section->item == Item::kBinary || section->item == Item::kBinarySize;
  if (is_whole_message(*section) && !binary)
    co_return co_await write_range(writer, message, section, {0, message->size});
  HK_CO_TRY(co_await load_structure(message));
  if (binary && !section->part_numbers.empty())
    co_return co_await write_binary(writer, message, section);
  const auto range = mime::find_section(*structure_, section->part_numbers, text_of(*section));
  if (!range) {
    writer->section_nil(*section);
    co_return Status{};
  }
  if (wants_fields(*section)) co_return co_await write_fields(writer, message, section, *range);
  co_return co_await write_range(writer, message, section, *range);
}

Task<Status> Fetcher::write_range(imap::FetchWriter* writer, const mailbox::Message* message,
                                  const imap::FetchSection* section, mime::OctetRange range) {
  if (section->partial) {
    const auto size = range.end - range.begin;
    const auto offset = std::min(section->partial->offset, size);
    range.begin += offset;
    range.end = range.begin + std::min(section->partial->octets_max, size - offset);
  }
  if (section->item == Item::kBinarySize) {
    writer->binary_size(*section, range.end - range.begin);
    co_return Status{};
  }
  writer->section_begin(*section, range.end - range.begin);
  while (range.begin < range.end) {
    HK_CO_ASSIGN(const auto piece,
                 co_await session_.ports_.store.read_body(
                     message->body, range.begin, std::min(kPieceOctets, range.end - range.begin)));
    if (piece.empty())
      co_return retry_later("a message is shorter than its record says; run `hikyaku store check`");
    session_.out_.append(piece);
    range.begin += piece.size();
    if (!co_await session_.flush_some()) co_return close_peer("the client left");
    if (session_.out_.empty()) part_sent_ = true;
  }
  co_return Status{};
}

Task<Status> Fetcher::write_fields(imap::FetchWriter* writer, const mailbox::Message* message,
                                   const imap::FetchSection* section, mime::OctetRange range) {
  range.end = std::min(range.end, range.begin + kHeaderOctetsMax);
  HK_CO_ASSIGN(const auto header, co_await read_all(message->body, range));
  writer->section(*section, cut(filter_fields(header, *section), section->partial));
  co_return Status{};
}

Task<Status> Fetcher::write_binary(imap::FetchWriter* writer, const mailbox::Message* message,
                                   const imap::FetchSection* section) {
  const auto* part = mime::find_part(*structure_, section->part_numbers);
  if (part == nullptr) {
    writer->section_nil(*section);
    co_return Status{};
  }
  if (part->encoding == mime::TransferEncoding::kUnknown) {
    unknown_encoding_ = true;
    writer->section_nil(*section);
    co_return Status{};
  }
  HK_CO_ASSIGN(const auto raw, co_await read_all(message->body, {part->body_begin, part->end}));
  const auto decoded = mime::decode_transfer(part->encoding, raw);
  if (section->item == Item::kBinarySize) {
    writer->binary_size(*section, decoded.size());
  } else {
    writer->section(*section, cut(decoded, section->partial));
  }
  co_return Status{};
}

}  // namespace hikyaku::imap_server
