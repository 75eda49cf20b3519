// SPDX-License-Identifier: Apache-2.0
#include "protocol/mailauth/dkim/canonical.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "protocol/mime/header.h"

namespace hikyaku::dkim {
namespace {

bool is_wsp(char c) { return c == ' ' || c == '\t'; }

std::string_view without_line_end(std::string_view field) {
  if (field.ends_with('\n')) field.remove_suffix(1);
  if (field.ends_with('\r')) field.remove_suffix(1);
  return field;
}

/// The next CR, SP or HTAB from `at` on, or the end.
std::size_t find_space_or_cr(std::string_view octets, std::size_t at) {
  static constexpr auto kStop = [] {
    std::array<bool, 256> stop{};
    stop[' '] = stop['\t'] = stop['\r'] = true;
    return stop;
  }();
  while (at < octets.size() && !kStop[static_cast<unsigned char>(octets[at])]) ++at;
  return at;
}

std::size_t find_cr(std::string_view octets, std::size_t at) {
  return std::min(octets.find('\r', at), octets.size());
}

}  // namespace

std::string_view name_of(Canonicalization kind) {
  return kind == Canonicalization::kSimple ? "simple" : "relaxed";
}

bool BodyCanonicalizer::is_special(char c) const {
  return c == '\r' || (kind_ == Canonicalization::kRelaxed && is_wsp(c));
}

/// The end of the octets from `at` on that stand in the canonical form as they do here. A line end,
/// and in relaxed form a single SP, belong to them when plain text follows in this chunk.
std::size_t BodyCanonicalizer::run_end(std::string_view octets, std::size_t at) const {
  const bool relaxed = kind_ == Canonicalization::kRelaxed;
  for (;;) {
    at = relaxed ? find_space_or_cr(octets, at) : find_cr(octets, at);
    if (at == octets.size()) return at;
    std::size_t next = at + 1;
    if (octets[at] == '\r') {
      if (next == octets.size() || octets[next] != '\n') return at;
      ++next;
    } else if (octets[at] != ' ') {
      return at;
    }
    if (next >= octets.size() || is_special(octets[next])) return at;
    at = next + 1;
  }
}

/// Text follows: what was held back belongs to the body.
void BodyCanonicalizer::release(const Sink& sink) {
  static constexpr std::string_view kLines =
      "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";
  while (line_ends_ > 0) {
    const auto lines = std::min<std::uint64_t>(line_ends_, kLines.size() / 2);
    sink(kLines.substr(0, lines * 2));
    line_ends_ -= lines;
  }
  if (space_) sink(" ");
  space_ = false;
  any_ = true;
}

void BodyCanonicalizer::push(std::string_view octets, const Sink& sink) {
  std::size_t at = 0;
  while (at < octets.size()) {
    const char c = octets[at];
    if (cr_) {
      cr_ = false;
      if (c == '\n') {
        ++line_ends_;
        space_ = false;  // §3.4.4: "Ignore all whitespace at the end of lines."
        ++at;
      } else {
        release(sink);
        sink("\r");
      }
    } else if (c == '\r') {
      cr_ = true;
      ++at;
    } else if (is_special(c)) {
      space_ = true;
      ++at;
    } else {
      release(sink);
      const auto end = run_end(octets, at);
      sink(octets.substr(at, end - at));
      at = end;
    }
  }
}

void BodyCanonicalizer::finish(const Sink& sink) {
  if (cr_) {
    release(sink);
    sink("\r");
  }
  // §3.4.3: "*CRLF" at the end becomes one CRLF, also where there is none; §3.4.4: an empty body
  // stays empty.
  if (any_ || kind_ == Canonicalization::kSimple) sink("\r\n");
}

std::string canonical_field(Canonicalization kind, std::string_view field) {
  field = without_line_end(field);
  if (kind == Canonicalization::kSimple) return std::string(field);
  const auto colon = std::min(field.find(':'), field.size());
  std::string out = mime::to_lower_ascii(mime::trim(field.substr(0, colon)));
  if (colon == field.size()) return out;
  out.push_back(':');
  out.reserve(field.size() + 1);
  const auto value = field.substr(colon + 1);
  bool space = false, text = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    // Every line end inside of a field is a fold. A bare CR is data.
    if (value[i] == '\n' || value.substr(i, 2) == "\r\n") continue;
    if (is_wsp(value[i])) {
      space = true;
      continue;
    }
    if (space && text) out.push_back(' ');
    space = false;
    text = true;
    out.push_back(value[i]);
  }
  return out;
}

}  // namespace hikyaku::dkim
