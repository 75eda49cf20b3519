// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/header.h"

#include <algorithm>

namespace hikyaku::mime {
namespace {

bool is_wsp(char c) { return c == ' ' || c == '\t'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// The end of the line that begins at `at`, after its LF.
std::size_t line_end(std::string_view block, std::size_t at) {
  const auto lf = block.find('\n', at);
  return lf == std::string_view::npos ? block.size() : lf + 1;
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_empty_line(std::string_view line) { return line == "\r\n" || line == "\n"; }

}  // namespace

std::string_view field_name(std::string_view line) {
  // RFC 5322 §2.2: printable ASCII but the colon; §4.5 allows white space before the colon.
  std::size_t n = 0;
  while (n < line.size() && line[n] > ' ' && line[n] < '\x7f' && line[n] != ':') ++n;
  std::size_t colon = n;
  while (colon < line.size() && is_wsp(line[colon])) ++colon;
  if (n == 0 || colon == line.size() || line[colon] != ':') return {};
  return line.substr(0, n);
}

std::optional<HeaderField> HeaderReader::next() {
  if (at_ >= block_.size()) return std::nullopt;
  const auto begin = at_;
  auto end = line_end(block_, begin);
  const auto first = block_.substr(begin, end - begin);
  if (is_empty_line(first)) return std::nullopt;
  while (end < block_.size() && is_wsp(block_[end])) end = line_end(block_, end);
  at_ = end;
  HeaderField field{.raw = block_.substr(begin, end - begin), .offset = begin};
  field.name = field_name(first);
  field.value = without_line_end(field.raw);
  if (!field.name.empty()) field.value.remove_prefix(field.value.find(':') + 1);
  return field;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<HeaderField> find_field(std::string_view block, std::string_view name) {
  HeaderReader reader(block);
  while (auto field = reader.next()) {
    if (same_name(field->name, name)) return field;
  }
  return std::nullopt;
}

std::optional<std::string> field_text(std::string_view block, std::string_view name) {
  const auto field = find_field(block, name);
  if (!field) return std::nullopt;
  return unfold(field->value);
}

std::size_t header_octets(std::string_view message) {
  std::size_t at = 0;
  while (at < message.size()) {
    const auto end = line_end(message, at);
    if (is_empty_line(message.substr(at, end - at))) return end;
    at = end;
  }
  return message.size();
}

std::string unfold(std::string_view value) {
  value = trim(value);
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c != '\r' && c != '\n' && c != '\0') {
      out.push_back(c);
      continue;
    }
    const auto lf = c == '\r' && i + 1 < value.size() && value[i + 1] == '\n' ? i + 1 : i;
    const bool fold = value[lf] == '\n' && lf + 1 < value.size() && is_wsp(value[lf + 1]);
    i = lf;
    if (!fold) out.push_back(' ');
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string to_lower_ascii(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

}  // namespace hikyaku::mime
