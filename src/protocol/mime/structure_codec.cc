// SPDX-License-Identifier: Apache-2.0
// The octets are drawn in docs/formats/structure.md.
#include <algorithm>
#include <array>

#include "base/codec.h"
#include "protocol/mime/structure.h"

namespace hikyaku::mime {
namespace {

constexpr std::uint8_t kStructureFormat = 1;
constexpr std::uint8_t kEnvelopeFormat = 1;
/// Deeper than any Summarizer goes; keeps the reader's recursion bounded.
constexpr std::size_t kDepthMax = 128;

/// Types that need one octet; the order is the format. 0 is "spelled out".
constexpr std::array<std::string_view, 16> kTypes = {"",
                                                     "text/plain",
                                                     "text/html",
                                                     "multipart/mixed",
                                                     "multipart/alternative",
                                                     "multipart/related",
                                                     "multipart/signed",
                                                     "multipart/report",
                                                     "message/rfc822",
                                                     "message/delivery-status",
                                                     "application/octet-stream",
                                                     "application/pdf",
                                                     "image/jpeg",
                                                     "image/png",
                                                     "image/gif",
                                                     "text/calendar"};

enum PartFlag : std::uint16_t {
  kHasParameters = 1U << 0U,
  kHasId = 1U << 1U,
  kHasDescription = 1U << 2U,
  kHasMd5 = 1U << 3U,
  kHasLocation = 1U << 4U,
  kHasDisposition = 1U << 5U,
  kHasLanguages = 1U << 6U,
  kHasEnvelope = 1U << 7U,
  kHasChildren = 1U << 8U,
  kPartFlags = (1U << 9U) - 1,
};

enum EnvelopeFlag : std::uint8_t {
  kHasDate = 1U << 0U,
  kHasSubject = 1U << 1U,
  kHasInReplyTo = 1U << 2U,
  kHasMessageId = 1U << 3U,
  kEnvelopeFlags = (1U << 4U) - 1,
};

enum AddressFlag : std::uint8_t {
  kKindBits = 3U,
  kHasName = 1U << 2U,
  kHasRoute = 1U << 3U,
  kAddressFlags = (1U << 4U) - 1,
};

template <class Flag>
bool has(unsigned flags, Flag flag) {
  return (flags & static_cast<unsigned>(flag)) != 0;
}

void put_optional(Encoder& e, const std::optional<std::string>& s) {
  if (s) e.string(*s);
}

void put_addresses(Encoder& e, const AddressList& list) {
  e.varint(list.size());
  for (const auto& a : list) {
    unsigned flags = static_cast<unsigned>(a.kind);
    if (a.name) flags |= kHasName;
    if (!a.route.empty()) flags |= kHasRoute;
    e.u8(static_cast<std::uint8_t>(flags));
    put_optional(e, a.name);
    if (!a.route.empty()) e.string(a.route);
    if (a.kind == Address::Kind::kMailbox) e.string(a.local_part).string(a.domain);
  }
}

void put_envelope(Encoder& e, const Envelope& v) {
  unsigned flags = 0;
  if (v.date) flags |= kHasDate;
  if (v.subject) flags |= kHasSubject;
  if (v.in_reply_to) flags |= kHasInReplyTo;
  if (v.message_id) flags |= kHasMessageId;
  e.u8(static_cast<std::uint8_t>(flags));
  for (const auto* s : {&v.date, &v.subject, &v.in_reply_to, &v.message_id}) put_optional(e, *s);
  for (const auto* list : {&v.from, &v.sender, &v.reply_to, &v.to, &v.cc, &v.bcc}) {
    put_addresses(e, *list);
  }
}

void put_parameters(Encoder& e, const std::vector<Parameter>& parameters) {
  e.varint(parameters.size());
  for (const auto& p : parameters) {
    e.u8(static_cast<std::uint8_t>(p.form)).string(p.name).string(p.value);
  }
}

void put_part(Encoder& e, const Part& p, std::uint64_t from) {
  unsigned flags = 0;
  const auto flag_if = [&](bool condition, PartFlag flag) {
    if (condition) flags |= flag;
  };
  flag_if(!p.parameters.empty(), kHasParameters);
  flag_if(p.id.has_value(), kHasId);
  flag_if(p.description.has_value(), kHasDescription);
  flag_if(p.md5.has_value(), kHasMd5);
  flag_if(p.location.has_value(), kHasLocation);
  flag_if(p.disposition.has_value(), kHasDisposition);
  flag_if(!p.languages.empty(), kHasLanguages);
  flag_if(p.envelope.has_value(), kHasEnvelope);
  flag_if(!p.children.empty(), kHasChildren);
  e.varint(flags);
  const auto type = p.type + "/" + p.subtype;
  const auto known = std::ranges::find(kTypes, type);
  e.u8(known == kTypes.end() ? 0 : static_cast<std::uint8_t>(known - kTypes.begin()));
  if (known == kTypes.end()) e.string(p.type).string(p.subtype);
  e.u8(static_cast<std::uint8_t>(p.encoding));
  if (p.encoding == TransferEncoding::kUnknown) e.string(p.encoding_name);
  // Differences are small numbers.
  e.varint(p.header_begin - from).varint(p.body_begin - p.header_begin);
  e.varint(p.end - p.body_begin).varint(p.lines);
  if (!p.parameters.empty()) put_parameters(e, p.parameters);
  for (const auto* s : {&p.id, &p.description, &p.md5, &p.location}) put_optional(e, *s);
  if (p.disposition) {
    e.string(p.disposition->type);
    put_parameters(e, p.disposition->parameters);
  }
  if (!p.languages.empty()) {
    e.varint(p.languages.size());
    for (const auto& l : p.languages) e.string(l);
  }
  if (p.envelope) put_envelope(e, *p.envelope);
  if (p.children.empty()) return;
  e.varint(p.children.size());
  auto at = p.body_begin;
  for (const auto& child : p.children) {
    put_part(e, child, at);
    at = child.end;
  }
}

/// Reads what put_part and its kin wrote. A fault empties the decoder's ok() or sets broken_.
class Reader {
 public:
  explicit Reader(std::string_view in) : d_(in), octets_(in.size()) {}

  Status check_format(std::uint8_t format, std::string_view what) {
    const auto found = d_.u8();
    if (!d_.ok()) return permanent(std::string(what) + " is empty");
    if (found != format) {
      return permanent(std::string(what) + " has format " + std::to_string(found) +
                       ", this release reads " + std::to_string(format) +
                       "; was it written by a newer one?");
    }
    return {};
  }

  Status finish(std::string_view what) {
    if (broken_) return permanent(std::string(what) + " is damaged");
    return d_.finish(what);
  }

  Envelope envelope() {
    Envelope v;
    const auto flags = d_.u8();
    if (flags > kEnvelopeFlags) broken_ = true;
    v.date = optional(has(flags, kHasDate));
    v.subject = optional(has(flags, kHasSubject));
    v.in_reply_to = optional(has(flags, kHasInReplyTo));
    v.message_id = optional(has(flags, kHasMessageId));
    for (auto* list : {&v.from, &v.sender, &v.reply_to, &v.to, &v.cc, &v.bcc}) addresses(*list);
    return v;
  }

  Part part(std::uint64_t from, std::size_t depth) {
    Part p;
    const auto flags = d_.varint();
    if (flags > kPartFlags || depth > kDepthMax) broken_ = true;
    if (!going()) return p;
    const auto f = static_cast<unsigned>(flags);
    type(p);
    places(p, from);
    if (has(f, kHasParameters)) parameters(p.parameters);
    p.id = optional(has(f, kHasId));
    p.description = optional(has(f, kHasDescription));
    p.md5 = optional(has(f, kHasMd5));
    p.location = optional(has(f, kHasLocation));
    if (has(f, kHasDisposition)) {
      p.disposition.emplace();
      p.disposition->type = d_.string();
      parameters(p.disposition->parameters);
    }
    if (has(f, kHasLanguages)) {
      for (auto n = count(); n > 0 && going(); --n) p.languages.emplace_back(d_.string());
    }
    if (has(f, kHasEnvelope)) p.envelope = envelope();
    if (has(f, kHasChildren)) {
      auto at = p.body_begin;
      for (auto n = count(); n > 0 && going(); --n) {
        p.children.push_back(part(at, depth + 1));
        at = p.children.back().end;
      }
      if (at > p.end) broken_ = true;
    }
    // What find_section and others rely on.
    if (p.envelope && p.children.size() != 1) broken_ = true;
    if (p.is_multipart() && p.children.empty()) broken_ = true;
    return p;
  }

 private:
  [[nodiscard]] bool going() const { return d_.ok() && !broken_; }

  std::optional<std::string> optional(bool there) {
    if (!there) return std::nullopt;
    return std::string(d_.string());
  }

  /// A number of things of at least one octet each.
  std::uint64_t count() {
    const auto n = d_.varint();
    if (n > octets_) broken_ = true;
    return n;
  }

  void type(Part& p) {
    const auto known = d_.u8();
    if (known >= kTypes.size()) {
      broken_ = true;
    } else if (known == 0) {
      p.type = d_.string();
      p.subtype = d_.string();
    } else {
      const auto slash = kTypes[known].find('/');
      p.type = kTypes[known].substr(0, slash);
      p.subtype = kTypes[known].substr(slash + 1);
    }
    const auto encoding = d_.u8();
    if (encoding > static_cast<std::uint8_t>(TransferEncoding::kUnknown)) {
      broken_ = true;
      return;
    }
    p.encoding = static_cast<TransferEncoding>(encoding);
    if (p.encoding == TransferEncoding::kUnknown) p.encoding_name = d_.string();
  }

  void places(Part& p, std::uint64_t from) {
    // Sums of numbers below 2^60 cannot overflow within kDepthMax and count() steps that matter.
    const auto length = [&] {
      const auto n = d_.varint();
      if (n >= 1ULL << 56U) broken_ = true;
      return n;
    };
    p.header_begin = from + length();
    p.body_begin = p.header_begin + length();
    p.end = p.body_begin + length();
    p.lines = d_.varint();
    if (p.end >= 1ULL << 56U) broken_ = true;
  }

  void parameters(std::vector<Parameter>& out) {
    for (auto n = count(); n > 0 && going(); --n) {
      Parameter p;
      const auto form = d_.u8();
      if (form > static_cast<std::uint8_t>(Parameter::Form::kExtended)) broken_ = true;
      p.form = form == 0 ? Parameter::Form::kPlain : Parameter::Form::kExtended;
      p.name = d_.string();
      p.value = d_.string();
      out.push_back(std::move(p));
    }
  }

  void addresses(AddressList& out) {
    for (auto n = count(); n > 0 && going(); --n) {
      Address a;
      const auto flags = d_.u8();
      if (flags > kAddressFlags || (flags & kKindBits) > 2) broken_ = true;
      if (!going()) return;
      a.kind = static_cast<Address::Kind>(flags & kKindBits);
      a.name = optional(has(flags, kHasName));
      if (has(flags, kHasRoute)) a.route = d_.string();
      if (a.kind == Address::Kind::kMailbox) {
        a.local_part = d_.string();
        a.domain = d_.string();
      }
      out.push_back(std::move(a));
    }
  }

  Decoder d_;
  std::size_t octets_;
  bool broken_ = false;
};

}  // namespace

std::string encode(const Structure& structure) {
  Encoder e;
  e.u8(kStructureFormat);
  put_part(e, structure.root, 0);
  return std::move(e).take();
}

Result<Structure> decode_structure(std::string_view octets) {
  constexpr std::string_view kWhat = "message structure";
  Reader reader(octets);
  HK_TRY(reader.check_format(kStructureFormat, kWhat));
  Structure out{.root = reader.part(0, 0)};
  HK_TRY(reader.finish(kWhat));
  return out;
}

std::string encode(const Envelope& envelope) {
  Encoder e;
  e.u8(kEnvelopeFormat);
  put_envelope(e, envelope);
  return std::move(e).take();
}

Result<Envelope> decode_envelope(std::string_view octets) {
  constexpr std::string_view kWhat = "message envelope";
  Reader reader(octets);
  HK_TRY(reader.check_format(kEnvelopeFormat, kWhat));
  auto out = reader.envelope();
  HK_TRY(reader.finish(kWhat));
  return out;
}

}  // namespace hikyaku::mime
