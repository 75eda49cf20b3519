// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/parameter.h"

#include <algorithm>
#include <optional>

#include "protocol/mime/charset.h"
#include "protocol/mime/header.h"

namespace hikyaku::mime {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0'; }

/// One "name=value" as written: RFC 2231 may have several of them for one parameter.
struct Segment {
  std::string name;            ///< without stars, lower case
  std::optional<int> section;  ///< name*N
  bool extended = false;       ///< name* or name*N*
  std::string value;
};

/// "filename*1*" -> filename, section 1, extended (RFC 2231 §7).
Segment read_name(std::string_view written) {
  Segment s;
  if (written.ends_with('*')) {
    s.extended = true;
    written.remove_suffix(1);
  }
  const auto star = written.rfind('*');
  if (star != std::string_view::npos && star + 1 < written.size() && written.size() - star < 6) {
    int section = 0;
    bool digits = true;
    for (const char c : written.substr(star + 1)) {
      digits = digits && c >= '0' && c <= '9';
      section = section * 10 + (c - '0');
    }
    if (digits) {
      s.section = section;
      written = written.substr(0, star);
    }
  }
  s.name = to_lower_ascii(written);
  return s;
}

class ParameterParser {
 public:
  explicit ParameterParser(std::string_view in) : in_(in) {}

  std::string head() {
    std::string out;
    while (skip_blank(), at_ < in_.size() && in_[at_] != ';') {
      if (!out.empty() && names_parameter()) break;  // "text/plain charset=x"
      out.push_back(in_[at_++]);
    }
    return to_lower_ascii(out);
  }

  std::optional<Segment> next() {
    while (true) {
      while (skip_blank(), at_ < in_.size() && in_[at_] == ';') ++at_;
      if (at_ >= in_.size()) return std::nullopt;
      const auto begin = at_;
      while (at_ < in_.size() && !is_space(in_[at_]) && in_[at_] != ';' && in_[at_] != '=') ++at_;
      const auto name = in_.substr(begin, at_ - begin);
      skip_blank();
      if (at_ >= in_.size() || in_[at_] != '=') continue;  // a stray word
      ++at_;
      auto segment = read_name(name);
      segment.value = value();
      if (!segment.name.empty()) return segment;
    }
  }

 private:
  void skip_blank() {
    while (at_ < in_.size()) {
      if (is_space(in_[at_])) {
        ++at_;
      } else if (in_[at_] != '(' || comments_broken_ || !comment()) {
        break;
      }
    }
  }

  bool comment() {
    std::size_t depth = 0;
    for (auto i = at_; i < in_.size(); ++i) {
      if (in_[i] == '\\') {
        ++i;
      } else if (in_[i] == '(') {
        ++depth;
      } else if (in_[i] == ')' && --depth == 0) {
        at_ = i + 1;
        return true;
      }
    }
    comments_broken_ = true;
    return false;
  }

  /// A word and "=" stand here, after white space.
  bool names_parameter() const {
    if (at_ == 0 || !is_space(in_[at_ - 1])) return false;
    auto i = at_;
    while (i < in_.size() && !is_space(in_[i]) && in_[i] != ';' && in_[i] != '=' && in_[i] != '"')
      ++i;
    return i > at_ && i < in_.size() && in_[i] == '=';
  }

  std::string value() {
    while (at_ < in_.size() && is_space(in_[at_])) ++at_;
    if (at_ < in_.size() && in_[at_] == '"') return quoted();
    std::string out;
    while (at_ < in_.size() && in_[at_] != ';') {
      if (!is_space(in_[at_])) {
        out.push_back(in_[at_++]);
        continue;
      }
      skip_blank();
      if (at_ >= in_.size() || in_[at_] == ';' || names_parameter()) break;
      out.push_back(' ');  // Why: "name=my file.txt" is common, and plainly meant
    }
    return out;
  }

  std::string quoted() {
    std::string out;
    for (++at_; at_ < in_.size() && in_[at_] != '"'; ++at_) {
      char c = in_[at_];
      if (c == '\\' && at_ + 1 < in_.size()) c = in_[++at_];
      if (c == '\r' || c == '\n' || c == '\0') {
        const bool fold = c != '\0' && at_ + 1 < in_.size() && is_space(in_[at_ + 1]);
        if (!fold) out.push_back(' ');
      } else {
        out.push_back(c);
      }
    }
    while (at_ < in_.size() && in_[at_] != ';' && !is_space(in_[at_])) ++at_;
    return out;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  bool comments_broken_ = false;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_percent_decoded(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i]);
  }
}

/// CR, LF and NUL that came in by percent encoding are no part of any name.
std::string harmless(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return text;
}

/// The segments of one parameter, in order, to its value (RFC 2231 §4.1).
Parameter join(const std::vector<const Segment*>& segments) {
  Parameter p{.name = segments.front()->name};
  if (!segments.front()->extended) {
    for (const auto* s : segments) {
      if (s->extended) {
        append_percent_decoded(s->value, p.value);
      } else {
        p.value += s->value;
      }
    }
    p.value = harmless(std::move(p.value));
    return p;
  }
  p.form = Parameter::Form::kExtended;
  std::string_view first = segments.front()->value;
  std::string_view charset;
  const auto quote = first.find('\'');
  const auto second = quote == std::string_view::npos ? quote : first.find('\'', quote + 1);
  if (second != std::string_view::npos) {
    charset = first.substr(0, quote);
    first.remove_prefix(second + 1);
  }
  std::string octets;
  for (const auto* s : segments) {
    const auto text = s == segments.front() ? first : std::string_view(s->value);
    if (s->extended) {
      append_percent_decoded(text, octets);
    } else {
      octets += text;
    }
  }
  p.value = harmless(to_utf8(charset, octets));
  return p;
}

std::vector<Parameter> join_all(const std::vector<Segment>& segments) {
  std::vector<Parameter> out;
  std::vector<bool> used(segments.size());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (used[i]) continue;
    const auto& s = segments[i];
    std::vector<const Segment*> parts;
    for (std::size_t j = i; j < segments.size(); ++j) {
      const auto& t = segments[j];
      if (t.name != s.name || t.section.has_value() != s.section.has_value()) continue;
      if (!s.section && t.extended != s.extended) continue;
      used[j] = true;
      // Of repeated ones the first counts.
      const bool repeated =
          std::ranges::any_of(parts, [&](const Segment* p) { return p->section == t.section; });
      if (!repeated) parts.push_back(&t);
    }
    std::ranges::sort(parts, {}, [](const Segment* p) { return p->section.value_or(0); });
    out.push_back(join(parts));
  }
  return out;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < '\x7f' &&
           std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
  });
}

std::string percent_encoded(char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto u = static_cast<unsigned char>(c);
  const bool plain = (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') ||
                     c == '.' || c == '-' || c == '_';
  if (plain) return {c};
  return {'%', kHex[u >> 4U], kHex[u & 15U]};
}

}  // namespace

ParameterizedValue parse_parameterized(std::string_view value) {
  ParameterParser parser(value);
  ParameterizedValue out{.value = parser.head()};
  std::vector<Segment> segments;
  while (segments.size() < kParametersMax) {
    auto s = parser.next();
    if (!s) break;
    segments.push_back(*std::move(s));
  }
  out.parameters = join_all(segments);
  return out;
}

const std::string* find_parameter(const std::vector<Parameter>& parameters, std::string_view name) {
  const std::string* found = nullptr;
  for (const auto& p : parameters) {
    if (p.name != name) continue;
    // Who writes both means the extended one; the other is for old readers (RFC 6266 §4.3).
    if (p.form == Parameter::Form::kExtended) return &p.value;
    if (found == nullptr) found = &p.value;
  }
  return found;
}

std::string extended_value(std::string_view utf8) {
  std::string out = "utf-8''";
  for (const char c : utf8) out += percent_encoded(c);
  return out;
}

std::string print_parameter(std::string_view name, std::string_view utf8) {
  constexpr std::size_t kSectionOctets = 60;
  const bool ascii = std::ranges::all_of(utf8, [](char c) { return c >= ' ' && c < '\x7f'; });
  std::string out = "; ";
  if (ascii && utf8.size() <= kSectionOctets) {
    out.append(name).append("=");
    if (is_token(utf8)) return out.append(utf8);
    out.push_back('"');
    for (const char c : utf8) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    return out + '"';
  }
  if (const auto whole = extended_value(utf8); whole.size() <= kSectionOctets) {
    return out.append(name).append("*=").append(whole);
  }
  std::string section = "utf-8''";
  int number = 0;
  out.clear();
  const auto flush = [&] {
    out.append("; ").append(name).append("*").append(std::to_string(number++)).append("*=");
    out += section;
    section.clear();
  };
  for (const char c : utf8) {
    const auto encoded = percent_encoded(c);
    if (section.size() + encoded.size() > kSectionOctets) flush();
    section += encoded;
  }
  flush();
  return out;
}

}  // namespace hikyaku::mime
