// SPDX-License-Identifier: Apache-2.0
#include "protocol/mime/encoded_word.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/utf8.h"
#include "protocol/mime/charset.h"
#include "protocol/mime/header.h"
#include "protocol/mime/transfer_encoding.h"

namespace hikyaku::mime {
namespace {

// RFC 2047 §2: at most 75 octets, and 76 in a line; shorter ones leave room for the field's name.
constexpr std::size_t kWordOctetsMax = 62;
constexpr std::string_view kWordBegin = "=?utf-8?";
constexpr std::size_t kWordFrame = kWordBegin.size() + 4;  // "=?utf-8?Q?" and "?="
constexpr std::size_t kCharsetOctetsMax = 75;

struct Word {
  std::string_view charset;
  std::string octets;      ///< decoded, not yet converted
  std::size_t length = 0;  ///< of the whole word in the input
};

std::string decode_q(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '_', ' ');  // RFC 2047 §4.2 (2)
  // Why: the encoding's line rules would eat white space at the end, so a guard stands there.
  spaced += "=00";
  auto out = decode_transfer(TransferEncoding::kQuotedPrintable, spaced);
  out.pop_back();
  return out;
}

/// The encoded word that begins here ("=?").
std::optional<Word> read_word(std::string_view text) {
  const auto charset_end = text.substr(0, kCharsetOctetsMax + 2).find('?', 2);
  if (charset_end == std::string_view::npos || charset_end + 2 >= text.size()) return std::nullopt;
  const char encoding = text[charset_end + 1];
  const bool base64 = encoding == 'B' || encoding == 'b';
  const bool q = encoding == 'Q' || encoding == 'q';
  if ((!base64 && !q) || text[charset_end + 2] != '?') return std::nullopt;
  Word word{.charset = text.substr(2, charset_end - 2)};
  if (word.charset.empty() || word.charset.find(' ') != std::string_view::npos) return std::nullopt;
  word.charset = word.charset.substr(0, word.charset.find('*'));  // RFC 2231 §5
  const auto body = charset_end + 3;
  const auto end = text.find("?=", body);
  if (end == std::string_view::npos) return std::nullopt;
  const auto encoded = text.substr(body, end - body);
  word.octets = base64 ? decode_transfer(TransferEncoding::kBase64, encoded) : decode_q(encoded);
  word.length = end + 2;
  return word;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

/// Takes words and text in order, and joins words that stand together.
class WordJoiner {
 public:
  void word(const Word& w) {
    if (open_ && !same_name(charset_, w.charset)) flush();
    open_ = true;
    charset_ = w.charset;
    octets_ += w.octets;
  }
  void text(std::string_view t) {
    flush();
    out_ += to_utf8({}, t);
  }
  [[nodiscard]] bool after_word() const { return open_; }
  std::string take() {
    flush();
    std::ranges::replace_if(out_, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    return std::move(out_);
  }

 private:
  void flush() {
    if (open_) out_ += to_utf8(charset_, octets_);
    open_ = false;
    octets_.clear();
  }
  std::string out_;
  bool open_ = false;
  std::string_view charset_;
  std::string octets_;
};

bool is_phrase_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '!' ||
         c == '*' || c == '+' || c == '-' || c == '/';
}

bool needs_encoding(std::string_view word, WordContext context) {
  if (word.find("=?") != std::string_view::npos) return true;
  return std::ranges::any_of(word, [&](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x7f || u < ' ' || (context == WordContext::kPhrase && !is_phrase_plain(c));
  });
}

std::size_t q_width(char c) { return c == ' ' || is_phrase_plain(c) ? 1 : 3; }

void append_q(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == ' ') {
      out.push_back('_');
    } else if (is_phrase_plain(c)) {
      out.push_back(c);
    } else {
      out.append({'=', kHex[u >> 4U], kHex[u & 15U]});
    }
  }
}

/// A run of text as one or more encoded words; no character is cut in two (RFC 2047 §5).
void append_run(std::string_view run, std::string& out) {
  std::size_t q_octets = 0;
  for (const char c : run) q_octets += q_width(c);
  const bool base64 = q_octets > (run.size() + 2) / 3 * 4;
  constexpr std::size_t kRoom = kWordOctetsMax - kWordFrame;
  while (!run.empty()) {
    std::size_t taken = 0;
    std::size_t width = 0;
    while (taken < run.size()) {
      const auto length = first_sequence(run.substr(taken)).octets;
      std::size_t more = 0;
      for (const char c : run.substr(taken, length)) more += q_width(c);
      const auto next = base64 ? (taken + length + 2) / 3 * 4 : width + more;
      if (next > kRoom && taken != 0) break;
      width = next;
      taken += length;
    }
    const auto piece = run.substr(0, taken);
    out.append(kWordBegin).append(base64 ? "B?" : "Q?");
    if (base64) {
      out += base64_line(piece);
    } else {
      append_q(piece, out);
    }
    out.append("?=");
    run.remove_prefix(taken);
    if (!run.empty()) out.push_back(' ');
  }
}

}  // namespace

std::string decode_words(std::string_view value) {
  auto line = unfold(value);
  if (line.find("=?") == std::string::npos && ascii_octets(line) == line.size()) return line;
  std::string_view rest = line;
  WordJoiner joiner;
  std::size_t from = 0;  // where to look for the next word
  // Without any "?=" behind it, "=?" begins no word; asked once, so that the pass stays linear.
  const auto last_end = rest.rfind("?=");
  const auto* const base = rest.data();
  while (true) {
    const auto begin = rest.find("=?", from);
    if (begin == std::string_view::npos || last_end == std::string_view::npos ||
        static_cast<std::size_t>(rest.data() - base) + begin > last_end) {
      break;
    }
    const auto word = read_word(rest.substr(begin));
    if (!word) {
      from = begin + 2;
      continue;
    }
    const auto before = rest.substr(0, begin);
    // RFC 2047 §6.2: white space between two encoded words is not shown.
    if (!joiner.after_word() || !is_blank(before)) {
      if (!before.empty()) joiner.text(before);
    }
    joiner.word(*word);
    rest.remove_prefix(begin + word->length);
    from = 0;
  }
  if (!rest.empty()) joiner.text(rest);
  return joiner.take();
}

std::string encode_words(std::string_view utf8, WordContext context) {
  std::string text = to_utf8("utf-8", utf8);
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  std::vector<std::string_view> words;
  for (std::string_view rest = text;;) {
    const auto space = rest.find(' ');
    words.push_back(rest.substr(0, space));
    if (space == std::string_view::npos) break;
    rest.remove_prefix(space + 1);
  }
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) out.push_back(' ');
    if (!needs_encoding(words[i], context)) {
      out.append(words[i]);
      continue;
    }
    // The run of words that follow and need it too: the spaces between go into the encoding.
    std::size_t last = i;
    for (auto j = i + 1; j < words.size(); ++j) {
      if (needs_encoding(words[j], context)) {
        last = j;
      } else if (!words[j].empty()) {
        break;
      }
    }
    const auto* const begin = words[i].data();
    append_run({begin, words[last].data() + words[last].size()}, out);
    i = last;
  }
  return out;
}

}  // namespace hikyaku::mime
